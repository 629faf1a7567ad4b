/** BatchTopK: the B k largest activations of a whole batch (spec C.4); at inference a fixed threshold. */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { WeightName } from '../dictionary.ts';
import { decode, kept, plainNames, plainWeights, preActivations, squaredError, trackedValue } from './pieces.ts';
import { checkK } from './topK.ts';
import type { DictionarySize, Inference, LossInput, Trained, Variant } from './variant.ts';

const settings = {
  k: {
    kind: 'number',
    title: 'k',
    about: 'codes of a sample that are not 0, on average over a batch',
    default: 32,
    range: [1, Infinity],
  },
} as const;

/** Name of the tracked smallest activation that is kept in a batch. */
export const SMALLEST = 'smallestKept';

export interface BatchSelection {
  readonly preActivations: Value;
  readonly codes: Value;
  readonly tracked: ReadonlyMap<string, Value>;
}

/** f = max(p, 0) for the B k largest p of the batch, else 0; with the smallest f that is kept. */
export function selectFromBatch(g: GraphBuilder, input: LossInput, k: number): BatchSelection {
  const p = preActivations(g, input);
  const codes = g.where(g.largest(p, 'B F', Math.max(1, Math.round(k * input.rows))), g.relu(p), 0);
  const none = 3e38;
  // Where nothing is positive there is no smallest: 0 then, a threshold that lets everything positive through.
  const smallest = g.negate(g.max(g.where(g.less(0, codes), g.negate(codes), -none), 'B F'));
  const kept = g.where(g.less(smallest, none), smallest, 0);
  return { preActivations: p, codes, tracked: new Map([[SMALLEST, g.stopGradient(kept)]]) };
}

/** JumpReLU with one threshold for all features: the running mean of the smallest activation that was kept. */
export function thresholdInference(trained: Trained, { features }: DictionarySize): Inference {
  const threshold = new Float32Array(features).fill(trackedValue(trained, SMALLEST));
  const weights = new Map<WeightName, Float32Array>([...kept(trained, plainNames), ['threshold', threshold]]);
  return { encoder: { kind: 'jumpReLU' }, weights };
}

export const batchTopK: Variant<typeof settings> = {
  id: 'batchTopK',
  title: 'BatchTopK',
  about: 'The B k largest activations of a batch are kept, so that a sample may have more codes than another.',
  source: 'Bussmann et al. 2024, eq. 4 to 6',
  settings,
  constraint: 'sphere',
  normalised: true,
  revival: 'input',
  weights: plainWeights,
  check: (size, { k }, where) => checkK(size, k, where),
  loss(g, input) {
    const selection = selectFromBatch(g, input, input.settings.k);
    const reconstruction = decode(g, selection.codes, input.weight);
    return { ...selection, reconstruction, parts: { reconstruction: squaredError(g, reconstruction, input.x) } };
  },
  inference: thresholdInference,
};
