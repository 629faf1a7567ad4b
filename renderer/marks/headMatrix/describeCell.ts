import { formatFixed } from '../format.ts';
import type { HeadShape } from '../headShape.ts';
import { cellOf } from '../headShape.ts';

export interface Described {
  readonly shape: HeadShape;
  readonly values: Float32Array;
  readonly measure: string;
  readonly mlp?: Float32Array | null;
  readonly layer?: Float32Array | null;
  readonly unit?: 'head' | 'kv-group';
}

/** What a screen reader says: `layer 9 head 6, induction 0.71, rank 3 of 144`. */
export function describeCell(data: Described, ranks: Uint32Array, index: number): string {
  const { shape, values, measure } = data;
  const cell = cellOf(shape, index);
  const place = `layer ${cell.layer}`;
  if (cell.kind === 'mlp') return `${place} MLP${spoken(measure, data.mlp?.[cell.layer])}`;
  if (cell.kind === 'layer') return `whole ${place}${spoken(measure, data.layer?.[cell.layer])}`;
  const known = ranks.reduce((count, rank) => count + Number(rank > 0), 0);
  const rank = ranks[index] ?? 0;
  const ranked = rank > 0 ? `, rank ${rank} of ${known}` : '';
  return `${place} ${data.unit === 'kv-group' ? 'KV group' : 'head'} ${cell.head}${spoken(measure, values[index])}${ranked}`;
}

function spoken(measure: string, value: number | undefined): string {
  if (value === undefined) return '';
  return `, ${measure} ${Number.isNaN(value) ? 'not yet known' : formatFixed(value, 2)}`;
}
