/** Numbers of heads or KV groups as numbers of heads. */
import type { HeadShape } from '../marks/headShape.ts';
import type { Column } from './column.ts';
import type { HeadMeasure } from './headMeasure.ts';

/** How the numbers lie: unit i of layer l at l * perLayer + i. */
export interface SpreadFrom {
  readonly unit: HeadMeasure['of'];
  readonly perLayer: number;
}

/** `perLayer`: heads and KV heads of each layer, where they may differ. */
export interface SpreadShape {
  readonly shape: Pick<HeadShape, 'layers' | 'heads' | 'kvHeads'>;
  readonly perLayer?: readonly { readonly heads: number; readonly kvHeads: number }[];
}

type Values = Pick<HeadMeasure, 'values' | 'low' | 'high'>;

/** The same arrays where they lie so already. */
export function columnOfHeads(column: Omit<Column, 'n'>, from: SpreadFrom, header: SpreadShape): Values {
  const { mean: values, low, high } = column;
  if (from.unit === 'head' && from.perLayer === header.shape.heads) return { values, low, high };
  const spread = (numbers: Float32Array) => spreadOverHeads(numbers, from, header);
  return { values: spread(values), low: spread(low), high: spread(high) };
}

/** Each head has the number of its group: head h of N shares group floor(h G / N). */
function spreadOverHeads(
  numbers: Float32Array,
  { unit, perLayer: units }: SpreadFrom,
  { shape, perLayer }: SpreadShape,
): Float32Array {
  const { layers, heads } = shape;
  return Float32Array.from({ length: layers * heads }, (_, at) => {
    const layer = Math.floor(at / heads);
    const head = at % heads;
    const { heads: here, kvHeads } = perLayer?.[layer] ?? shape;
    const index = unit === 'head' ? head : Math.floor((head * kvHeads) / here);
    return head < here ? (numbers[layer * units + index] ?? NaN) : NaN;
  });
}
