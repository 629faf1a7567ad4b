/** Heads, and MLPs where they are ranked, coloured by the score of the chosen method. */
import type { ReactElement, Ref } from 'react';
import { useMemo, useRef } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useSelection } from '../../api/hooks.ts';
import { scaleOf } from '../../api/measureScale.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellOf, headIndex } from '../../marks/headShape.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import type { MethodLook } from './methodLooks.ts';
import type { NodeRow } from './nodeRows.ts';
import { nodeRecords } from './records.ts';
import { recordsCsv } from './recordTable.tsx';
import { rankingOf } from './circuitRows.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

export interface NodesProps {
  readonly shown: ShownCircuit;
  readonly method: MethodLook;
  readonly rows: readonly NodeRow[];
}

export function NodesMatrix({ shown, method, rows }: NodesProps): ReactElement {
  const { view, shape } = shown;
  const picture = useRef<Picture>(null);
  const isSigned = (rankingOf(view, method.id)?.signed ?? null) !== null;
  const values = useMemo(() => valuesOf(rows, shape, isSigned), [rows, shape, isSigned]);
  const scale = useMemo(() => scaleOf({ values: values.heads, range: null, signed: isSigned }), [values, isSigned]);
  return (
    <Panel
      title={method.title}
      aside={
        <Legend
          scale={scale}
          title={isSigned ? `effect, ${measures[view.header.metricId].unit}` : 'score'}
          width={72}
        />
      }
      exports={{
        name: `circuit-ranking-${method.id}`,
        csv: () => recordsCsv(nodeRecords(rows, view)),
        picture: () => picture.current,
      }}
    >
      <div className="circuits-drawing">
        <FitBox>
          {(size) => (
            <Matrix
              {...{ size, shape, scale, picture }}
              values={values.heads}
              mlp={view.header.nodeSet === 'heads' ? null : values.mlps}
              measure={`${isSigned ? 'effect' : 'score'} by ${method.title}`}
            />
          )}
        </FitBox>
      </div>
    </Panel>
  );
}

interface MatrixProps {
  readonly size: { readonly width: number; readonly height: number };
  readonly shape: HeadShape;
  readonly scale: ReturnType<typeof scaleOf>;
  readonly values: Float32Array;
  readonly mlp: Float32Array | null;
  readonly measure: string;
  readonly picture: Ref<Picture>;
}

function Matrix({ size, shape, scale, values, mlp, measure, picture }: MatrixProps): ReactElement {
  const { selection } = useWorkbench();
  const set = useSelection((state) => state.set);
  const primary = useSelection((state) => state.primary);
  const cells = useMemo(() => new Set(set.map(({ layer, head }) => headIndex(shape, layer, head))), [set, shape]);
  const withHead = (cell: number, act: (head: HeadRef) => void) => {
    const at = cellOf(shape, cell);
    if (at.kind === 'head') act(at);
  };
  return (
    <HeadMatrix
      {...size}
      {...{ shape, scale, values, measure }}
      {...(mlp === null ? {} : { mlp })}
      ref={picture}
      set={cells}
      primary={primary === null ? null : headIndex(shape, primary.layer, primary.head)}
      highlight={selection.hover}
      onHover={selection.hover.set}
      onPrimary={(cell) => withHead(cell, selection.setPrimary)}
      onToggle={(cell) => withHead(cell, selection.toggle)}
      label={`Heads by layer: ${measure}`}
    />
  );
}

/** By cell; NaN where the method says nothing. A signed effect is drawn with its sign. */
function valuesOf(rows: readonly NodeRow[], { layers, heads }: HeadShape, isSigned: boolean) {
  const all = new Float32Array(layers * heads).fill(NaN);
  const mlps = new Float32Array(layers).fill(NaN);
  for (const { cell, score, signed, head } of rows) {
    const value = isSigned ? signed : score;
    if (head !== null) all[cell] = value;
    else mlps[cell - layers * heads] = value;
  }
  return { heads: all, mlps };
}
