/** A number about every head of a model, as it colours the matrix and as its card tells it. */

/** What sort of claim the number is: `measureKinds` has the words. */
export type MeasureKind =
  | 'effect'
  | 'estimate'
  | 'importance'
  | 'gradient'
  | 'proxy'
  | 'control'
  | 'behaviour'
  | 'weights'
  | 'direct'
  | 'prior'
  | 'gate'
  | 'circuit'
  | 'imported';

/** Under which heading it stands in a list: `measureFamilies` has them in their order. */
export type MeasureFamily =
  | 'effects'
  | 'estimates'
  | 'circuits'
  | 'importance'
  | 'proxies'
  | 'tokens'
  | 'sinks'
  | 'spread'
  | 'writes'
  | 'weights'
  | 'retrieval'
  | 'streaming'
  | 'imported'
  | 'other';

/** Values at [layer * heads + head], written in place as rows come; NaN where unknown. */
export interface HeadMeasure {
  /** `run/effect`, `run/kl`, `run/z`, `run/induction`: stable, fit for a link. */
  readonly id: string;
  readonly run: string;
  /** `scores`: what says nothing of importance, whichever call it came from. */
  readonly call: 'ablate' | 'attribute' | 'scores' | 'importance' | 'imported';
  readonly kind: MeasureKind;
  readonly family: MeasureFamily;
  /** `Zero ablation, Δ logit difference`. */
  readonly title: string;
  /** For a narrow column: `zero`, `zero KV` (of KV groups), `AtP`, `Induction`. */
  readonly short: string;
  /** `logits`, `nats`; empty for a share. */
  readonly unit: string;
  /** Lowest and highest possible value, where both are finite. */
  readonly range: readonly [low: number, high: number] | null;
  readonly signed: boolean;
  /** Which way the metric behind an effect is better; null for behaviour and KL. */
  readonly direction: 'higher' | 'lower' | null;
  /** What the number says, in a sentence: what was done, on what, over how many. */
  readonly about: string;
  readonly formula: string;
  /** Paper, with its section or equation where it has one. */
  readonly source: string;
  /** Number of its rule: `S4`, of which `specOfRule` has the file; empty where its source says it all. */
  readonly rule: string;
  /** Task or prompt file. */
  readonly dataset: string;
  /** How many, and of what: `prompts`, `tokens`, `documents`; of nothing where there is one number without an interval. */
  readonly n: number;
  readonly samples: string;
  /** Whose number a head shows: its own, or its KV group's. */
  readonly of: 'head' | 'kv-group';
  /** What a head that attends to all visible keys alike would have; null where that says nothing. */
  readonly uniform: number | null;
  readonly layers: number;
  readonly heads: number;
  readonly values: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
}
