/** The cells of a matrix of heads, or of KV groups: which heads a cell stands for, and which cell a head is in. */
import type { HeadRef } from '../../engine/results/units.ts';
import type { HeadShape } from '../marks/headShape.ts';
import { hasHead } from '../marks/headShape.ts';
import type { WritableHighlight } from '../marks/highlight.ts';
import { headName } from '../state/headNames.ts';

export type CellUnit = 'head' | 'kv-group';

export interface MatrixCells {
  readonly unit: CellUnit;
  /** Of the cells: with a row for each head, or for each KV group. */
  readonly shape: HeadShape;
  readonly count: number;
  readonly headsIn: (cell: number) => readonly HeadRef[];
  readonly cellOf: (head: HeadRef) => number;
  /** The first head of a cell, as numbered in a matrix of heads. */
  readonly headIndex: (cell: number) => number;
  /** `L9H6`, `L9G2`. */
  readonly name: (cell: number) => string;
}

export function matrixCells(shape: HeadShape, unit: CellUnit): MatrixCells {
  return unit === 'head' ? headCells(shape) : groupCells(shape);
}

/** Head h of N shares the keys and values of group floor(h G / N). */
export function groupOf({ heads, kvHeads, headsOf }: HeadShape, { layer, head }: HeadRef): number {
  return Math.floor((head * kvHeads) / (headsOf?.[layer] ?? heads));
}

function headCells(shape: HeadShape): MatrixCells {
  const { layers, heads } = shape;
  const at = (cell: number): HeadRef => ({ layer: Math.floor(cell / heads), head: cell % heads });
  return {
    unit: 'head',
    shape,
    count: shape.headsOf?.reduce((sum, here) => sum + here, 0) ?? layers * heads,
    headsIn: (cell) => [at(cell)],
    cellOf: ({ layer, head }) => layer * heads + head,
    headIndex: (cell) => cell,
    name: (cell) => headName(at(cell)),
  };
}

function groupCells(shape: HeadShape): MatrixCells {
  const { layers, heads, kvHeads } = shape;
  const place = (cell: number) => ({ layer: Math.floor(cell / kvHeads), group: cell % kvHeads });
  const headsIn = (cell: number): readonly HeadRef[] => {
    const { layer, group } = place(cell);
    const all = Array.from({ length: heads }, (_, head) => ({ layer, head }));
    return all.filter((head) => hasHead(shape, layer, head.head) && groupOf(shape, head) === group);
  };
  return {
    unit: 'kv-group',
    shape: { layers, heads: kvHeads, kvHeads },
    count: layers * kvHeads,
    headsIn,
    cellOf: (head) => head.layer * kvHeads + groupOf(shape, head),
    headIndex: (cell) => place(cell).layer * heads + (headsIn(cell)[0]?.head ?? 0),
    name: (cell) => `L${place(cell).layer}G${place(cell).group}`,
  };
}

/** What is pointed at, told in these cells; written, it is the first head of the cell. */
export function hoverOfCells(hover: WritableHighlight, cells: MatrixCells, heads: HeadShape): WritableHighlight {
  if (cells.unit === 'head') return hover;
  const toCell = (index: number | null) => {
    if (index === null || index >= heads.layers * heads.heads) return null;
    return cells.cellOf({ layer: Math.floor(index / heads.heads), head: index % heads.heads });
  };
  return {
    get: () => toCell(hover.get()),
    set: (cell) => hover.set(cell === null ? null : cells.headIndex(cell)),
    subscribe: hover.subscribe,
  };
}
