/**
 * What a model family says about itself: config -> shape, programs, weights.
 * One file per family implements `Architecture`; engine/arch/index.ts is the list.
 */
import type { Axis, AxisList } from '../terms/axes.ts';
import type { Site } from '../terms/sites.ts';
import type { GraphBuilder, Sizes } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import type { Decoder } from './parts/decoder.ts';

export type Config = Readonly<Record<string, unknown>>;

export interface ModelShape {
  readonly layers: number;
  /** N */ readonly heads: number;
  /** G */ readonly kvHeads: number;
  /** H */ readonly headWidth: number;
  /** D */ readonly width: number;
  /** M; null in an attention-only model */ readonly mlpWidth: number | null;
  /** V of the embedding. */ readonly vocabulary: number;
  /** V of the logits (differs in some TransformerLens models). */ readonly outputVocabulary: number;
  /** Longest prompt, in tokens. */ readonly context: number;
}

/** Angles for one kind of rotary embedding: angle = position * frequency[j] (in float32, as the reference computes it). */
export interface RotaryKind {
  /** Frequencies (J of them) for a sequence of this many positions; most kinds ignore the length. */
  frequencies(length: number): Float32Array;
  /** cos and sin are multiplied by this (1 except in YaRN and long-context variants). */
  readonly scale: number;
}

/** How a weight named in a program is found in the checkpoint. */
export interface WeightSource {
  /** Names to try in order: the first one in the checkpoint is taken (prefixes differ between savings of the same family). */
  readonly tensors: readonly string[];
  /** Rows [from, to) of the stored tensor's first axis, where several weights are stored as one. */
  readonly rows?: readonly [from: number, to: number];
  /** Axes in the order in which the values are stored, with sizes; the stored shape must have as many elements. */
  readonly axes: readonly { readonly axis: Axis; readonly size: number }[];
  /** Every value before training (gains and biases); absent where values are drawn at random. */
  readonly start?: number;
  /** Heads are dimensions of their own in the checkpoint; otherwise neighbouring head axes are stored as one dimension. */
  readonly apart?: true;
}

export interface Weights {
  readonly [parameter: string]: WeightSource;
}

/** What one program is built with: `site` returns the value after its edits, and marks it if it is captured. */
export interface ProgramContext {
  readonly g: GraphBuilder;
  site(site: Site, value: Value): Value;
  /** Is this site edited or captured in this program? Where it needs extra work (headWrite), only then do it. */
  wants(site: Site): boolean;
  /** A parameter of this program; the name is looked up in the program's `weights`. */
  weight(name: string, axes: AxisList, sizes?: Sizes): Value;
}

export interface BlockContext extends ProgramContext {
  readonly layer: number;
  /** cos, sin [B P J] of this layer's rotary kind; only where the family's `rotaryOf(layer)` is not null. */
  rotary(): { readonly cos: Value; readonly sin: Value };
  /** The same at the key positions, [B T J]; only where `keyStream` is not null. */
  rotaryOfKeys(): { readonly cos: Value; readonly sin: Value };
  /** Additive mask [B, P, K]: 0 where the query sees the key, -3e38 elsewhere (causal, window, padding). */
  mask(): Value;
  /** Positions int64 [B P] of the queries and [B P] or [B T] of the keys' stream, for tables that blocks look up. */
  positions(): { readonly queries: Value; readonly keys: Value };
  /** Key positions as floats [B, K], for position biases such as ALiBi. */
  keyPositions(): Value;
  /** Keys and values [B G P H] ([B G T H] where `keyStream` is not null) of these positions -> [B G K H] with the cached ones before them; marks them for the cache. */
  remember(key: Value, value: Value): { readonly keys: Value; readonly values: Value };
  /**
   * In a narrowed program the queries are only some positions and `keyStream` [B T D] is the residual stream of all;
   * otherwise null and the keys come from the same positions as the queries.
   */
  readonly keyStream: Value | null;
}

export interface Program {
  readonly weights: Weights;
}

export interface Family {
  readonly shape: ModelShape;
  /** Sites that this model lacks, with the reason. */
  readonly lacks: Partial<Record<Site, string>>;
  readonly causal: boolean;
  /** Sliding window of a layer in tokens (a query sees itself and window - 1 before it), or null. */
  windowOf(layer: number): number | null;
  /** Rotary kinds, and which one a layer uses. */
  readonly rotaryKinds: readonly RotaryKind[];
  rotaryOf(layer: number): number | null;
  /** Does a block read `keyPositions`? */
  readonly readsKeyPositions: boolean;
  readonly sizes: Sizes;
  /** What the programs are built from: which weight is whose, for scores that read weights without running the model. */
  readonly description: Decoder;

  readonly embed: Program & {
    /** ids int64 [B P], positions int64 [B P] -> residPre.0; marks site embed. */
    build(context: ProgramContext, ids: Value, positions: Value): Value;
  };
  block(layer: number): Program & {
    /** residPre [B P D] -> residPost [B P D]; marks every site in between, residPre and residPost included. */
    build(context: BlockContext, residPre: Value): Value;
  };
  readonly unembed: Program & {
    /** residPost of the last layer [B P D] -> logits [B P V]; marks finalNorm and logits. */
    build(context: ProgramContext, residPost: Value): Value;
  };
}

export interface Architecture {
  /** camelCase, the file's name. */
  readonly id: string;
  readonly title: string;
  /** `model_type` values of config.json that this file answers to. */
  readonly modelTypes: readonly string[];
  /** Sites that some or all models of the family lack, and when (for the list of families; a Family says it of one model). */
  readonly lacks?: Partial<Record<Site, string>>;
  /** Does this config belong to the family? Default: model_type is in modelTypes. */
  matches?(config: Config): boolean;
  /** Config keys read by `describe`. */
  readonly handled: readonly string[];
  /** Config keys that don't change the numbers, at any value. */
  readonly ignored: readonly string[];
  /** Keys understood only at this value: anything else is a Fault that names the key. */
  readonly fixed: Readonly<Record<string, readonly unknown[]>>;
  /** Throws Fault where the config is not one that the family can be. */
  describe(config: Config): Family;
}
