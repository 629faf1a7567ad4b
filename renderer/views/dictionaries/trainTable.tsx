/** Dictionaries and their controls on held-out rows, and whether a control does as well. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { DictionaryMeasures } from '../../../engine/results/dictionaries.ts';
import { formatNumber } from '../../marks/format.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { useChangeDictionaries } from './dictionariesSettings.ts';
import { intervalWords, measureCells, measureColumns, measureHead, measureText } from './measureColumns.ts';
import type { TrainEntry, TrainRows } from './trainRows.ts';
import { lastMeasured } from './trainRows.ts';
import { trainVerdict } from './trainVerdict.ts';

interface Row {
  readonly entry: TrainEntry;
  readonly measures: DictionaryMeasures | null;
}

export function TrainTable({ rows }: { readonly rows: TrainRows }): ReactElement {
  const { workspace } = useWorkbench();
  const change = useChangeDictionaries();
  const [selected, setSelected] = useState<string | null>(null);
  const list = useMemo(() => tableRows(rows), [rows]);
  const verdict = useMemo(() => trainVerdict(rows), [rows]);
  const open = ({ entry }: Row) => {
    if (entry.control !== null) return;
    workspace.set({ dictionary: `${rows.header.out}/${entry.name}`, feature: null });
    change({ face: 'dictionaries' });
  };
  return (
    <Panel
      title="On held-out rows"
      caption={`${formatNumber(rows.header.rows.heldOut)} rows that no step has seen; ${intervalWords}; Enter opens a dictionary`}
      exports={{ name: 'dictionaries', csv: () => measuresCsv(list) }}
    >
      {list.every(({ measures }) => measures === null) ? (
        <Empty title="Not measured yet">Each dictionary and control is measured several times while they train.</Empty>
      ) : (
        <div className="dict-measured">
          {verdict.length > 0 && (
            <div className="dict-verdict" role="status">
              {verdict.map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
            </div>
          )}
          <div className="dict-table">
            <Table<Row>
              label="Dictionaries and controls on held-out rows"
              rows={list}
              keyOf={({ entry }) => entry.name}
              isMarked={({ entry }) => entry.control === null}
              selected={selected}
              onSelect={({ entry }) => setSelected(entry.name)}
              onOpen={open}
              columns={columns}
            />
          </div>
        </div>
      )}
    </Panel>
  );
}

/** Each dictionary, then its controls. */
function tableRows(rows: TrainRows): readonly Row[] {
  const { dictionaries } = rows.header;
  const rowOf = (entry: TrainEntry): Row => ({ entry, measures: lastMeasured(rows, entry.name) });
  return dictionaries
    .filter(({ control }) => control === null)
    .flatMap((entry) => [rowOf(entry), ...dictionaries.filter(({ control }) => control?.of === entry.name).map(rowOf)]);
}

const columns: readonly TableColumn<Row>[] = [
  {
    ...{ id: 'name', title: 'Dictionary', width: 'minmax(150px, 1.6fr)', isCode: true },
    cell: ({ entry }) => (entry.control === null ? entry.name : `  ${entry.control.id}`),
    sortBy: ({ entry }) => entry.name,
  },
  { id: 'reads', title: 'Reads', width: '88px', cell: ({ entry }) => entry.reads },
  { id: 'features', title: 'F', width: '56px', align: 'right', cell: ({ entry }) => formatNumber(entry.features) },
  ...measureColumns.map((column): TableColumn<Row> => {
    const { id, title, of } = column;
    return {
      ...{ id, title, width: `${column.width + 8}px`, align: 'right' },
      cell: ({ measures }) => measureText(column, measures),
      sortBy: ({ measures }) => (measures === null ? NaN : of(measures)),
    };
  }),
];

function measuresCsv(list: readonly Row[]): string {
  const head = ['dictionary', 'control', 'reads', 'features', ...measureHead];
  return csvOf(
    head,
    list.map(({ entry: { name, control, reads, features }, measures }) => [
      ...[control?.of ?? name, control?.id ?? '', reads, features],
      ...measureCells(measures),
    ]),
  );
}
