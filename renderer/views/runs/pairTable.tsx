/** The numbers of two runs head by head, as a table and as CSV. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { formatChange, formatFixed } from '../../marks/format.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellName } from '../../marks/headShape.ts';
import { csvOf } from '../../parts/csv.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { decimalsOf } from '../heads/decimals.ts';
import { differenceOf } from './overlaid.ts';

export interface Pair {
  readonly shape: HeadShape;
  readonly a: HeadMeasure;
  readonly b: HeadMeasure;
  /** Changes as numbers come. */
  readonly version: string;
}

interface Row {
  readonly name: string;
  readonly index: number;
}

export function PairTable({ pair }: { readonly pair: Pair }): ReactElement {
  const columns = useMemo(() => columnsOf(pair), [pair]);
  return (
    <Table
      label="Heads of the two runs"
      columns={columns}
      rows={rowsOf(pair)}
      keyOf={({ name }) => name}
      initialSort={{ column: 'difference', direction: 'descending' }}
    />
  );
}

function rowsOf({ shape, a, b }: Pair): readonly Row[] {
  const cells = Array.from({ length: shape.layers * shape.heads }, (_, index) => ({
    name: cellName(shape, index),
    index,
  }));
  return cells.filter(({ index }) => !Number.isNaN(a.values[index]) || !Number.isNaN(b.values[index]));
}

function columnsOf({ a, b }: Pair): readonly TableColumn<Row>[] {
  const difference = differenceOf(a.values, b.values);
  const decimals = Math.max(decimalsOf(a), decimalsOf(b));
  const at = (values: Float32Array, { index }: Row) => values[index] ?? NaN;
  const ofRun = (id: string, { values, low, high }: HeadMeasure): TableColumn<Row> => ({
    ...{ id, title: `${id}  [95 % interval]`, width: 'minmax(130px, 1fr)', align: 'right' },
    cell: (row) => withInterval(at(values, row), at(low, row), at(high, row), decimals),
    sortBy: (row) => at(values, row),
  });
  return [
    { id: 'head', title: 'Head', width: '72px', isCode: true, cell: ({ name }) => name, sortBy: ({ index }) => index },
    ofRun('A', a),
    ofRun('B', b),
    {
      ...{ id: 'difference', title: 'A − B', width: '88px', align: 'right' },
      cell: (row) => formatChange(at(difference, row), decimals),
      sortBy: (row) => Math.abs(at(difference, row)),
    },
  ];
}

function withInterval(value: number, low: number, high: number, decimals: number): string {
  const text = formatFixed(value, decimals);
  return Number.isNaN(value) ? text : `${text}  [${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

export function pairCsv(pair: Pair): string {
  const { a, b } = pair;
  const difference = differenceOf(a.values, b.values);
  const ofRun = (measure: HeadMeasure, run: string) => [measure.title, 'low', 'high'].map((word) => `${run}: ${word}`);
  const head = ['head', ...ofRun(a, 'A'), ...ofRun(b, 'B'), 'A - B'];
  const cells = rowsOf(pair).map(({ name, index }) => [
    ...[name, a.values[index] ?? NaN, a.low[index] ?? NaN, a.high[index] ?? NaN],
    ...[b.values[index] ?? NaN, b.low[index] ?? NaN, b.high[index] ?? NaN, difference[index] ?? NaN],
  ]);
  return csvOf(head, cells);
}
