/** W_dec as a weight of its own, or as mixtures of anchors (archetypal dictionaries, Fel et al. 2025). */
import type { GraphBuilder, Sizes } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { DictionarySize, VariantWeight, WeightConstraint } from '../variants/variant.ts';
import type { DecoderForm } from './trainingSettings.ts';

/** Held, and kept with the weights so that they travel with a run. */
const ANCHORS = 'anchors';

const archetypalWeights: readonly VariantWeight[] = [
  { name: ANCHORS, axes: 'A D', start: { kind: 'clusters' } },
  { name: 'mixing', axes: 'F A', start: { kind: 'oneHot' } },
  { name: 'relaxation', axes: 'F D', start: { kind: 'constant', value: 0 } },
  { name: 'gain', axes: '', start: { kind: 'constant', value: 0 } },
];

/** The weights with those that the decoder is made of in W_dec's place. */
export function withDecoderForm(weights: readonly VariantWeight[], form: DecoderForm): readonly VariantWeight[] {
  if (form.kind === 'free') return weights;
  return [...weights.filter(({ name }) => name !== 'W_dec'), ...archetypalWeights];
}

/** Weights that the form itself holds still. */
export function heldBy(form: DecoderForm): readonly string[] {
  return form.kind === 'free' ? [] : [ANCHORS];
}

/** Mixtures are convex, and the relaxation is short. */
export function formConstraints(form: DecoderForm): readonly WeightConstraint[] {
  if (form.kind === 'free') return [];
  return [
    { weight: 'mixing', along: 'A', constraint: 'simplex' },
    { weight: 'relaxation', along: 'D', constraint: 'ball', radius: form.relaxation },
  ];
}

export function formSizes(form: DecoderForm, { width, features }: DictionarySize): Sizes {
  return { D: width, F: features, ...(form.kind === 'free' ? {} : { A: form.anchors }) };
}

/** d_i = e^gain (sum over a of mixing_ia anchor_a + relaxation_i) [F D] */
export function archetypalDecoder(g: GraphBuilder, weight: (name: string) => Value): Value {
  const mixed = g.contract(weight('mixing'), weight(ANCHORS), 'F D');
  return g.multiply(g.add(mixed, weight('relaxation')), g.exp(weight('gain')));
}

/** The same in float64, from trained weights. */
export function composedDecoder(
  weights: ReadonlyMap<string, Float32Array>,
  { width, features }: DictionarySize,
): Float32Array {
  const [anchors, mixing, relaxation, gain] = [ANCHORS, 'mixing', 'relaxation', 'gain'].map(
    (name) => weights.get(name) ?? new Float32Array(1),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const count = anchors.length / width;
  const factor = Math.exp(gain[0] ?? 0);
  const row = (feature: number, d: number) => {
    let sum = relaxation[feature * width + d] as number;
    for (let a = 0; a < count; a++) sum += (mixing[feature * count + a] as number) * (anchors[a * width + d] as number);
    return factor * sum;
  };
  return Float32Array.from({ length: features * width }, (_, at) => row(Math.floor(at / width), at % width));
}
