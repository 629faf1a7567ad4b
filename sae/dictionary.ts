/** A dictionary as plain data: what every format reads and writes, every measure takes, and training gives. */
import type { AxisList } from '../engine/terms/axes.ts';
import { mostGroups, mostPursuitSteps } from '../engine/results/dictionaryFile.ts';
import { Fault } from '../engine/terms/fault.ts';
import type { SettingValues } from '../engine/terms/settings.ts';
import type { DictionaryInput } from './input.ts';
import { checkInput } from './input.ts';

/** Axes of each weight, row-major; names are those of SAELens. */
export const weightAxes = {
  /** Column i reads feature i. */
  W_enc: 'D F',
  b_enc: 'F',
  /** Row i is what feature i writes. */
  W_dec: 'F D',
  b_dec: 'D',
  /** A pre-activation at or below it is no activation (JumpReLU). */
  threshold: 'F',
  /** Of a gated encoder, instead of b_enc. */
  b_gate: 'F',
  b_mag: 'F',
  r_mag: 'F',
} as const satisfies Record<string, AxisList>;

export type WeightName = keyof typeof weightAxes;

/**
 * How codes f [B F] come of x [B D] when the dictionary is used. c = x - b_dec where the input says that the bias is
 * subtracted, else x; p = c W_enc + b_enc. How it was trained may differ (BatchTopK becomes jumpReLU).
 */
export type Encoder =
  /** f = max(p, 0) */
  | { readonly kind: 'relu' }
  /** f = [c W_enc + b_gate > 0] max((c W_enc) e^r_mag + b_mag, 0) */
  | { readonly kind: 'gated' }
  /** f = max(p, 0) for the k largest of p, else 0 */
  | { readonly kind: 'topK'; readonly k: number }
  /** f = p [p > threshold] */
  | { readonly kind: 'jumpReLU' }
  /**
   * From r = c: the feature j with the largest s = r . W_dec[j] has f_j += s and r -= s W_dec[j], at most `steps` times. A
   * sample stops before a pick with s <= 0; after one with |r| < residualThreshold or |r|^2 < relativeThreshold |c|^2 (0 where
   * it is absent); and after a feature was picked again where `stopsOnRepeat`.
   */
  | {
      readonly kind: 'matchingPursuit';
      readonly steps: number;
      readonly residualThreshold: number;
      readonly relativeThreshold?: number;
      readonly stopsOnRepeat: boolean;
    }
  /** f = 1 for the row of W_dec that is nearest to c, else 0 */
  | { readonly kind: 'nearest' }
  /** In each group of neighbouring features, f = 1 for the largest of p, else 0; the groups' sizes add up to F. */
  | { readonly kind: 'onePerGroup'; readonly groups: readonly number[] }
  /** f = p, of either sign */
  | { readonly kind: 'linear' };

export type EncoderKind = Encoder['kind'];

/** What each kind of encoder needs besides W_dec and b_dec. */
const encoderWeights: Readonly<Record<EncoderKind, readonly WeightName[]>> = {
  relu: ['W_enc', 'b_enc'],
  gated: ['W_enc', 'b_gate', 'b_mag', 'r_mag'],
  topK: ['W_enc', 'b_enc'],
  jumpReLU: ['W_enc', 'b_enc', 'threshold'],
  matchingPursuit: [],
  nearest: [],
  onePerGroup: ['W_enc', 'b_enc'],
  linear: ['W_enc', 'b_enc'],
};

/** Where a dictionary comes from. */
export interface DictionaryOrigin {
  readonly made: 'trained' | 'control' | 'imported';
  /** Id of the variant or the control, or the name of the file format. */
  readonly by: string;
  readonly settings: SettingValues;
  readonly seed: number | null;
  /** Steps of training, and rows that were seen in them. */
  readonly steps: number | null;
  readonly samples: number | null;
  /** What the rows came from: a file, a task, a generator. */
  readonly text: string | null;
}

/** The model whose activations it reads. */
export interface DictionaryModel {
  readonly name: string;
  /** As in run records; null where the file does not say. */
  readonly fingerprint: string | null;
}

export interface Dictionary {
  /** D */
  readonly width: number;
  /** F */
  readonly features: number;
  readonly encoder: Encoder;
  /** Just those that the encoder needs, and W_dec and b_dec. Reconstruction: x^ = f W_dec + b_dec. */
  readonly weights: ReadonlyMap<WeightName, Float32Array>;
  readonly input: DictionaryInput;
  readonly origin: DictionaryOrigin;
  readonly model: DictionaryModel | null;
  /** [F] share of rows on which each feature was active at the end of training, where it is known. */
  readonly density: Float32Array | null;
  /** Feature -> what somebody called it. */
  readonly labels: ReadonlyMap<number, string>;
}

export function weightNames({ kind }: Encoder): readonly WeightName[] {
  return [...encoderWeights[kind], 'W_dec', 'b_dec'];
}

/** RangeError where the encoder has no such weight. */
export function weightOf(
  { weights, encoder }: Pick<Dictionary, 'weights' | 'encoder'>,
  name: WeightName,
): Float32Array {
  const found = weights.get(name);
  if (found === undefined) throw new RangeError(`dictionary: a ${encoder.kind} encoder without ${name}`);
  return found;
}

/** Values of a weight. */
export function weightLength(name: WeightName, { width, features }: Pick<Dictionary, 'width' | 'features'>): number {
  const sizes: Readonly<Record<string, number>> = { D: width, F: features };
  return weightAxes[name].split(' ').reduce((product, axis) => product * (sizes[axis] as number), 1);
}

/** Throws Fault for weights that are missing, too many, of another size or not finite, and for settings out of range. */
export function checkDictionary(dictionary: Dictionary, where: string): void {
  const { encoder, weights, input } = dictionary;
  const needed = weightNames(encoder);
  const list = (names: Iterable<string>) => [...names].join(', ');
  if (needed.length !== weights.size || !needed.every((name) => weights.has(name))) {
    const got = list(weights.keys());
    throw new Fault({ what: `weights of a ${encoder.kind} dictionary`, where, expected: list(needed), got });
  }
  for (const [name, data] of weights) checkWeight(dictionary, name, data, where);
  checkEncoder(dictionary, where);
  checkInput(input, where);
}

function checkWeight(dictionary: Dictionary, name: WeightName, data: Float32Array, where: string): void {
  const length = weightLength(name, dictionary);
  if (data.length !== length) {
    const expected = `${length} values (${weightAxes[name]}, D ${dictionary.width}, F ${dictionary.features})`;
    throw new Fault({ what: `weight ${name}`, where, expected, got: String(data.length) });
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Fault({ what: `weight ${name} is not finite`, where, got: `${data[bad]} at ${bad}` });
}

function checkEncoder({ encoder, features }: Dictionary, where: string): void {
  const refuse = (what: string, expected: string, got: unknown): never => {
    throw new Fault({ what, where, expected, got: String(got) });
  };
  switch (encoder.kind) {
    case 'topK':
      if (!isBetween(encoder.k, 1, features)) refuse('k', `a whole number from 1 to F = ${features}`, encoder.k);
      return;
    case 'matchingPursuit':
      if (!isBetween(encoder.steps, 1, mostPursuitSteps))
        refuse('steps', `a whole number from 1 to ${mostPursuitSteps}`, encoder.steps);
      if (!(encoder.residualThreshold >= 0)) refuse('residual threshold', 'a number from 0', encoder.residualThreshold);
      return;
    case 'onePerGroup': {
      if (!isBetween(encoder.groups.length, 1, mostGroups))
        refuse('groups', `1 to ${mostGroups} of them`, encoder.groups.length);
      const total = encoder.groups.reduce((sum, size) => sum + size, 0);
      if (total !== features) refuse('groups', `sizes that add up to F = ${features}`, encoder.groups.join(', '));
      return;
    }
    case 'relu':
    case 'gated':
    case 'jumpReLU':
    case 'nearest':
    case 'linear':
  }
}

function isBetween(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
