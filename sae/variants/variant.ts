/** What every kind of dictionary states about itself, in one file of this folder and one line of its index. */
import type { AxisList } from '../../engine/terms/axes.ts';
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { Encoder, WeightName } from '../dictionary.ts';
import type { SettingTable, ValuesOf } from '../../engine/terms/settings.ts';

export interface DictionarySize {
  /** D */
  readonly width: number;
  /** F */
  readonly features: number;
}

/** What a weight is before the first step. */
export type Start =
  /** Every entry the same. */
  | { readonly kind: 'constant'; readonly value: number }
  /** Uniform in [-limit, limit]. */
  | { readonly kind: 'uniform'; readonly limit: number }
  /** Rows in random directions, of the length that training says: of the decoder. */
  | { readonly kind: 'directions' }
  /** The decoder's transpose. */
  | { readonly kind: 'transposedDecoder' }
  /** Independent normal values, each vector along the axis then scaled to length 1. */
  | { readonly kind: 'unit'; readonly along: 'D' | 'F' }
  /** Rows of the data, drawn at random, less the centre. */
  | { readonly kind: 'samples' }
  /** k-means centres of the data, less the centre. */
  | { readonly kind: 'clusters' }
  /** One 1 in each row, the others 0: row i at place i, beginning again where they are fewer. */
  | { readonly kind: 'oneHot' }
  /**
   * Of the features of an encoder with W_enc: the logarithm of the one height that `active` pre-activations of a row of the data
   * are above, on average.
   */
  | { readonly kind: 'logThreshold'; readonly active: number }
  /** The centre of the data: mean, geometric median or zero, as training says. */
  | { readonly kind: 'centre' };

/** A weight of training; what is exported may be made of it (a threshold of its logarithm). */
export interface VariantWeight {
  readonly name: string;
  readonly axes: AxisList;
  readonly start: Start;
}

/** Length of the vectors of a weight: `free`, at most 1 (`ball`) or 1 (`sphere`). */
export type NormConstraint = 'free' | 'ball' | 'sphere';

/** What is true of a weight before the first step and after each. */
export interface WeightConstraint {
  readonly weight: string;
  /** The axis along which vectors lie: D for rows of W_dec and columns of W_enc. */
  readonly along: 'D' | 'F' | 'A';
  /** `simplex`: no entry below 0, and each vector sums to 1. */
  readonly constraint: NormConstraint | 'simplex';
  /** Of a ball or sphere; 1 unless given. */
  readonly radius?: number;
}

/** What a loss is written with. */
export interface LossInput<Table extends SettingTable = SettingTable> {
  /** [B D]; B has a fixed size, for the selection over a batch counts with it. */
  readonly x: Value;
  readonly rows: number;
  readonly size: DictionarySize;
  readonly settings: ValuesOf<Table>;
  /** A weight by its name. */
  readonly weight: (name: string) => Value;
  /** Is b_dec taken from the input before the encoder? */
  readonly subtractsBias: boolean;
  /** Scalar: the setting `sparsity` as it is at this step; of a variant without that setting nothing reads it. */
  readonly sparsity: Value;
}

export interface Forward {
  /** [B F] */
  readonly codes: Value;
  /** [B D] */
  readonly reconstruction: Value;
  /** [B F]: what is ranked or thresholded; null where there is no such thing. */
  readonly preActivations: Value | null;
  /** Scalars whose sum is the loss, means over the batch of sums over features or width. */
  readonly parts: LossParts;
  /** Scalars that the inference form needs, followed while training by a running mean; NaN-free. */
  readonly tracked: ReadonlyMap<string, Value>;
}

export interface LossParts {
  readonly reconstruction: Value;
  readonly sparsity?: Value;
  readonly auxiliary?: Value;
}

/** The inference form of trained weights. */
export interface Inference {
  readonly encoder: Encoder;
  readonly weights: ReadonlyMap<WeightName, Float32Array>;
}

/** Trained weights and tracked scalars, by name. */
export interface Trained {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly tracked: ReadonlyMap<string, number>;
}

export interface Variant<Table extends SettingTable = SettingTable> {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Paper and equation that the loss is. */
  readonly source: string;
  /** A setting named `sparsity` is warmed up, and fed so that settings of it share a program. */
  readonly settings: Table;
  /** Of the rows of W_dec, unless training says otherwise. */
  readonly constraint: NormConstraint;
  /** Does the reconstruction error count as a share of the batch's variance, unless training says otherwise? */
  readonly normalised: boolean;
  /**
   * What a row of W_dec becomes when its feature starts again from a sample: `input`: unit(x - b_dec); `residual`:
   * unit(x - x^); `sample`: x - b_dec itself.
   */
  readonly revival: 'input' | 'residual' | 'sample';
  weights(size: DictionarySize, settings: ValuesOf<Table>): readonly VariantWeight[];
  /** Constraints besides that of the rows of W_dec, or in its place where they name it. */
  constraints?(settings: ValuesOf<Table>): readonly WeightConstraint[];
  /** Throws Fault where settings do not go with a size. */
  check?(size: DictionarySize, settings: ValuesOf<Table>, where: string): void;
  loss(g: GraphBuilder, input: LossInput<Table>): Forward;
  inference(trained: Trained, size: DictionarySize, settings: ValuesOf<Table>): Inference;
}
