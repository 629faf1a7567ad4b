/** Rows of a sweep with their intervals; a click on one with heads makes its first head the primary one. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { MeasuredHeader } from '../../../engine/results/measured.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { headIndex } from '../../marks/headShape.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { Estimate, SweepRow } from './sweepsRows.ts';
import { decimalsOf, effectTitle, estimateWords } from './sweepsWords.ts';

interface SweepsTableProps<R extends SweepRow> {
  readonly label: string;
  readonly header: MeasuredHeader;
  readonly rows: readonly R[];
  /** Between the name and the effect, and after n. */
  readonly extra?: readonly TableColumn<R>[];
  readonly more?: readonly TableColumn<R>[];
  readonly hasInteraction?: boolean;
  /** Ids of columns that are left out: beside a drawing there is less room. */
  readonly omit?: readonly string[];
  readonly nameTitle?: string;
  readonly onSelect?: (row: R) => void;
}

const none: readonly string[] = [];

export function SweepsTable<R extends SweepRow>(props: SweepsTableProps<R>): ReactElement {
  const { label, header, rows, extra, more, hasInteraction = false, omit = none, nameTitle = 'Unit', onSelect } = props;
  const { selection } = useWorkbench();
  const [selected, setSelected] = useState<string | null>(null);
  const columns = useMemo(
    () =>
      [
        nameColumn<R>(nameTitle),
        ...(extra ?? []),
        ...(hasInteraction ? [interactionColumn(rows)] : []),
        effectColumn(header, rows),
        klColumn(rows),
        nColumn<R>(),
        ...(more ?? []),
      ].filter(({ id }) => !omit.includes(id)),
    [header, rows, extra, more, hasInteraction, omit, nameTitle],
  );
  const choose = (row: R) => {
    setSelected(row.key);
    if (onSelect !== undefined) return onSelect(row);
    if (row.heads[0] !== undefined) selection.setPrimary(row.heads[0]);
  };
  const point = (row: R | null) => {
    const head = row?.heads.at(-1);
    selection.hover.set(head === undefined ? null : headIndex({ ...header.shape }, head.layer, head.head));
  };
  return (
    <div className="sweeps-table">
      <Table {...{ label, columns, rows, selected }} keyOf={({ key }) => key} onSelect={choose} onHover={point} />
    </div>
  );
}

function nameColumn<R extends SweepRow>(title: string): TableColumn<R> {
  return {
    ...{ id: 'name', title, width: 'minmax(72px, 1.2fr)', isCode: true },
    cell: ({ name }) => <span title={name}>{name}</span>,
    sortBy: ({ name }) => name,
  };
}

export function estimateColumn<R extends SweepRow>(
  id: string,
  title: string,
  rows: readonly R[],
  pick: (row: R) => Estimate | null,
): TableColumn<R> {
  const decimals = decimalsOf(rows.map((row) => pick(row)?.value ?? NaN));
  return {
    // Wide enough for its name: letters of small text are about 6 pixels wide.
    ...{ id, title, width: `minmax(${Math.max(116, 6 * title.length + 20)}px, 1fr)`, align: 'right' },
    cell: (row) => {
      const estimate = pick(row);
      return estimate === null ? '' : estimateWords(estimate, decimals);
    },
    sortBy: (row) => pick(row)?.value ?? NaN,
  };
}

function effectColumn<R extends SweepRow>(header: MeasuredHeader, rows: readonly R[]): TableColumn<R> {
  return estimateColumn('effect', effectTitle(header), rows, ({ effect }) => effect);
}

function interactionColumn<R extends SweepRow>(rows: readonly R[]): TableColumn<R> {
  return estimateColumn('interaction', 'Beyond the sum', rows, ({ interaction }) => interaction);
}

function klColumn<R extends SweepRow>(rows: readonly R[]): TableColumn<R> {
  return estimateColumn('kl', 'KL, nats', rows, ({ kl }) => kl);
}

function nColumn<R extends SweepRow>(): TableColumn<R> {
  return { id: 'n', title: 'n', width: '44px', align: 'right', cell: ({ n }) => (n === 0 ? '–' : n) };
}
