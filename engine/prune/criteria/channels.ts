/** The channels of each unit of a layer, with what was seen of them and of the weights that read them. */
import type { ChannelSums } from '../importance/observe.ts';
import { headsOf } from '../importance/units.ts';
import type { WeightSums } from '../importance/weightSums.ts';
import type { ObservedScene } from './criterion.ts';

export interface UnitChannels {
  readonly sums: ChannelSums;
  readonly weights: WeightSums;
  /** Channels [from, to). */
  readonly from: number;
  readonly to: number;
}

/** Throws RangeError for layers, whose channels are of two kinds, and for an MLP that the model lacks. */
export function channelsOf({ unit, shape, layer, weights }: ObservedScene): UnitChannels[] {
  if (unit === 'head' || unit === 'kv-group') {
    const count = unit === 'head' ? shape.heads : shape.kvHeads;
    return Array.from({ length: count }, (_, index) => {
      const heads = headsOf(shape, unit, index);
      const from = (heads[0] ?? 0) * shape.headWidth;
      return { sums: layer.heads, weights: weights.heads, from, to: from + heads.length * shape.headWidth };
    });
  }
  if (unit === 'layer' || layer.mlp === null || weights.mlp === null) throw new RangeError(`channels of a ${unit}`);
  return [{ sums: layer.mlp, weights: weights.mlp, from: 0, to: layer.mlp.mean.length }];
}

export function sumOver({ from, to }: UnitChannels, valueAt: (channel: number) => number): number {
  let sum = 0;
  for (let channel = from; channel < to; channel++) sum += valueAt(channel);
  return sum;
}
