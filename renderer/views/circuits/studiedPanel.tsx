/** Completeness of each method's circuit at the studied size, and minimality of the chosen method's nodes. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { CircuitStudied } from '../../../engine/results/circuitBench.ts';
import { ColumnBars } from '../../marks/columnBars.tsx';
import { FitBox } from '../../marks/fitBox.tsx';
import { formatFixed } from '../../marks/format.ts';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { useChangeCircuits } from './circuitsSettings.ts';
import { LineKey } from './lineKey.tsx';
import type { MethodLook } from './methodLooks.ts';
import { studiedRecords } from './records.ts';
import { recordsCsv } from './recordTable.tsx';
import type { ShownCircuit } from './useShownCircuit.ts';

interface StudiedRow {
  readonly look: MethodLook;
  readonly studied: CircuitStudied;
}

export function StudiedPanel({ view, looks, method }: ShownCircuit): ReactElement {
  const change = useChangeCircuits();
  const picture = useRef<Picture>(null);
  const rows = useMemo(() => studiedRows(view.studied, looks), [view, looks]);
  const own = rows.find(({ look }) => look.id === method?.id) ?? rows[0];
  return (
    <Panel
      title="Completeness and minimality"
      caption="|F(C∖K) − F(M∖K)|, less is more complete; minimality 0: spare"
      exports={{
        name: 'circuit-studied',
        csv: () => recordsCsv(studiedRecords(view)),
        picture: () => picture.current,
      }}
    >
      {own === undefined ? (
        <Empty title="Not measured">
          The best nodes of each method, the share that is set under Methods, are studied at the end of a run.
        </Empty>
      ) : (
        <div className="circuits-split">
          <Table
            label="Completeness of circuits"
            {...{ rows, columns }}
            keyOf={({ look }) => look.id}
            selected={own.look.id}
            onSelect={({ look }) => change({ method: look.id })}
          />
          <div className="circuits-drawing">
            <FitBox>
              {(size) => (
                <ColumnBars
                  {...size}
                  ref={picture}
                  bars={own.studied.minimality.map(({ node, value }) => ({ name: node, value, low: null, high: null }))}
                  title={`Minimality by ${own.look.title}`}
                  label={`Minimality of each node of the circuit by ${own.look.title}`}
                />
              )}
            </FitBox>
          </div>
        </div>
      )}
    </Panel>
  );
}

function studiedRows(studied: readonly CircuitStudied[], looks: readonly MethodLook[]): readonly StudiedRow[] {
  return looks.flatMap((look) => {
    const own = studied.find(({ method }) => method === look.id);
    return own === undefined ? [] : [{ look, studied: own }];
  });
}

const columns: readonly TableColumn<StudiedRow>[] = [
  { id: 'method', title: 'Method', width: 'minmax(204px, 1.6fr)', cell: ({ look }) => <LineKey look={look} /> },
  number('k', 'Nodes', ({ k }) => k, 0),
  number('mean', 'Incompleteness', ({ incompleteness }) => incompleteness.mean, 3),
  number('largest', 'largest', ({ incompleteness }) => incompleteness.largest, 3),
  number('sets', 'of sets K', ({ incompleteness }) => incompleteness.sets, 0),
  number('least', 'Least minimal', ({ minimality }) => minimality[0]?.value ?? NaN, 3),
];

function number(
  id: string,
  title: string,
  of: (studied: CircuitStudied) => number,
  decimals: number,
): TableColumn<StudiedRow> {
  return {
    ...{ id, title, width: `minmax(${Math.max(56, title.length * 6.5)}px, 0.8fr)`, align: 'right' },
    cell: ({ studied }) => formatFixed(of(studied), decimals),
    sortBy: ({ studied }) => of(studied),
  };
}
