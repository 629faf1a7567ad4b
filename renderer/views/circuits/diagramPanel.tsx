/** The circuit by layer, with its nodes as a table behind. */
import type { ReactElement, Ref } from 'react';
import { useEffect, useMemo, useRef } from 'react';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatNumber } from '../../marks/format.ts';
import { cellName, headIndex } from '../../marks/headShape.ts';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import type { LineWriter } from '../ablate/sweepsLine.tsx';
import { SweepsLine } from '../ablate/sweepsLine.tsx';
import { countOf } from '../ablate/sweepsWords.ts';
import type { DiagramNode } from './drawDiagram.ts';
import type { MethodLook } from './methodLooks.ts';
import { NodeDiagram } from './nodeDiagram.tsx';
import type { NodeRow } from './nodeRows.ts';
import { headOfNode } from './nodeRows.ts';
import type { Records } from './recordTable.tsx';
import { recordsCsv, RecordTable } from './recordTable.tsx';
import { useMethodExports } from './useCircuitExports.ts';
import type { CircuitChoice } from './useCircuitChoice.ts';
import { referenceTitle } from './referenceTitle.ts';
import type { CircuitReference, ShownCircuit } from './useShownCircuit.ts';

interface DiagramPanelProps {
  readonly shown: ShownCircuit;
  readonly method: MethodLook;
  readonly rows: readonly NodeRow[];
  readonly choice: CircuitChoice;
}

export function DiagramPanel(props: DiagramPanelProps): ReactElement {
  const { shown, method, rows, choice } = props;
  const picture = useRef<Picture>(null);
  const exported = useMethodExports(shown, choice);
  const records = useMemo(() => circuitRecords(rows, choice.nodes, method), [rows, choice.nodes, method]);
  return (
    <Panel
      title={countOf(choice.nodes.length, 'node')}
      caption={
        shown.reference === null
          ? 'the surest strongest'
          : `the surest strongest; rings: ${referenceTitle(shown.reference)}`
      }
      exports={{ name: 'circuit-nodes', csv: () => recordsCsv(records), picture: () => picture.current }}
      table={() => <RecordTable label="Nodes of the circuit" records={records} />}
      actions={exported}
    >
      <Diagram {...props} picture={picture} />
    </Panel>
  );
}

function Diagram({
  shown: { shape, view, reference },
  method,
  rows,
  choice,
  picture,
}: DiagramPanelProps & { readonly picture: Ref<Picture> }): ReactElement {
  const { selection } = useWorkbench();
  const primary = useSelection((state) => state.primary);
  const line = useRef<LineWriter>(null);
  const nodes = useMemo(() => diagramNodes(rows, choice.nodes, reference), [rows, choice.nodes, reference]);
  const describe = (cell: number) => wordsOf(rows, choice.nodes, reference, method, cell);
  const name = (cell: number) => cellName(shape, cell);
  useEffect(() => {
    const write = () => {
      const cell = selection.hover.get();
      line.current?.write(cell === null ? '' : wordsOf(rows, choice.nodes, reference, method, cell));
    };
    return selection.hover.subscribe(write);
  }, [selection, rows, choice.nodes, reference, method]);
  return (
    <div className="circuits-drawn">
      <div className="circuits-drawing">
        <FitBox>
          {(size) => (
            <NodeDiagram
              {...size}
              {...{ shape, nodes, describe }}
              ref={picture}
              hasMlps={view.header.nodeSet === 'headsAndMlps'}
              primary={primary === null ? null : headIndex(shape, primary.layer, primary.head)}
              highlight={selection.hover}
              onHover={selection.hover.set}
              onPrimary={(cell) => {
                const head = headOfNode(name(cell));
                if (head !== null) selection.setPrimary(head);
              }}
              onToggle={(cell) => choice.toggle(name(cell))}
              label="Nodes by layer, the last on top"
            />
          )}
        </FitBox>
      </div>
      <SweepsLine
        ref={line}
        idle="A click makes a head the primary one; Ctrl and a click, or Space, puts a node in or out."
      />
    </div>
  );
}

function diagramNodes(
  rows: readonly NodeRow[],
  circuit: readonly string[],
  reference: CircuitReference | null,
): readonly DiagramNode[] {
  const places = new Map(circuit.map((node, i) => [node, i]));
  const known = new Set(reference?.nodes ?? []);
  return rows.map(({ node, cell, head }) => ({
    ...{ cell, isMlp: head === null },
    ...{ place: places.get(node) ?? null, isReference: known.has(node) },
  }));
}

/** `L9H6: rank 3, score 0.82; in the circuit; in the reference` */
function wordsOf(
  rows: readonly NodeRow[],
  circuit: readonly string[],
  reference: CircuitReference | null,
  method: MethodLook,
  cell: number,
): string {
  const row = rows.find((one) => one.cell === cell);
  if (row === undefined) return '';
  const { node, ranks, score } = row;
  const scored = Number.isNaN(score)
    ? `nothing said by ${method.title}`
    : `rank ${formatNumber(ranks[method.id] ?? NaN)} and score ${formatNumber(score)} by ${method.title}`;
  const place = circuit.includes(node) ? 'in the circuit' : 'outside';
  const known = reference?.nodes.includes(node) === true ? [`in ${referenceTitle(reference)}`] : [];
  return `${node}: ${[scored, place, ...known].join('; ')}`;
}

function circuitRecords(rows: readonly NodeRow[], circuit: readonly string[], method: MethodLook): Records {
  return {
    head: ['node', `rank_${method.id}`, 'score', 'references'],
    rows: circuit.flatMap((id) => {
      const row = rows.find(({ node }) => node === id);
      return row === undefined ? [] : [[id, row.ranks[method.id] ?? null, row.score, row.references.join(' ')]];
    }),
  };
}
