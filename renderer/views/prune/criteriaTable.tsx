/** Every unit with every criterion. */
import type { ReactElement } from 'react';
import { formatNumber } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { headsShapeOf } from './headsShapeOf.ts';
import type { CriterionColumn, ImportanceView } from '../../api/importanceFold.ts';
import { headsOf, unitAt, unitName } from './pruneUnits.ts';
import { useWorkbench } from '../../api/workbench.ts';

export function CriteriaTable({ view }: { readonly view: ImportanceView }): ReactElement {
  const { selection } = useWorkbench();
  const { header, columns } = view;
  const { unit } = header;
  const shape = headsShapeOf(header);
  const count = columns[0]?.values.length ?? 0;
  const name = (at: number) => unitName(unit, unitAt(shape, unit, at));
  return (
    <Table
      label="Criteria by unit"
      columns={[
        { id: 'unit', title: 'Unit', width: '72px', isCode: true, cell: name, sortBy: (at) => at },
        ...columns.map((column) => tableColumn(column, view)),
      ]}
      rows={Array.from({ length: count }, (_, at) => at)}
      keyOf={String}
      onOpen={(at) => selection.setPrimary(headsOf(shape, unit, unitAt(shape, unit, at))[0] ?? null)}
    />
  );
}

function tableColumn({ id, values, low, high }: CriterionColumn, { header }: ImportanceView): TableColumn<number> {
  const facts = header.criteria.find((one) => one.id === id);
  return {
    ...{ id, title: facts?.title ?? id, width: 'minmax(110px, 1fr)', align: 'right' },
    sortBy: (at) => values[at] ?? NaN,
    cell: (at) => {
      const [value, from, to] = [values[at] ?? NaN, low[at] ?? NaN, high[at] ?? NaN];
      if (Number.isNaN(value)) return '–';
      const ends = Number.isNaN(from) ? '' : ` [${formatNumber(from)}, ${formatNumber(to)}]`;
      return `${formatNumber(value)}${ends}`;
    },
  };
}
