/** Edits as plain data: what is changed where while the model runs. Imports sites and axes only. */
import type { AxisList } from './axes.ts';
import type { Site } from './sites.ts';

/** A dense value fed into an edit; `shape` goes with `axes`, and every axis may be 1 (it then broadcasts). */
export interface EditValue {
  readonly axes: AxisList;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type EditOperation =
  | { readonly kind: 'zero' }
  | { readonly kind: 'scale'; readonly by: number }
  /** x + times * value (steering). */
  | { readonly kind: 'add'; readonly value: EditValue; readonly times: number }
  /** value instead of x; `mean` and `resample` are the same with their origin said. */
  | { readonly kind: 'replace' | 'mean' | 'resample'; readonly value: EditValue }
  /** (1 - share) x + share * target, on `pattern` only: identity is all weight on the query itself, uniform is equal weight on every visible key. */
  | { readonly kind: 'mix'; readonly towards: 'identity' | 'uniform'; readonly share: number }
  /** On `scores` only: the query does not see the key; the rest of the row renormalises. Holds whatever else is done to the scores. */
  | { readonly kind: 'mask' }
  /**
   * On `scores` of a causal model only: the query sees the first `sinks` keys of its row and the last `recent` ones up to and with
   * itself (0 and more, 1 and more); the rest of the row renormalises, positions stay as they are. A sliding window still holds.
   * As in StreamingLLM (Xiao et al. 2023, arXiv 2309.17453) and DuoAttention (Xiao et al. 2024, arXiv 2410.10819).
   */
  | { readonly kind: 'stream'; readonly sinks: number; readonly recent: number };

/**
 * Positions by what they are for. `decode`: those that a new token is made from, which are the last one of the prompt and every
 * generated one (Wu et al. 2024, arXiv 2404.15574, mask these). `prefill`: those before.
 */
export type EditScope = 'all' | 'prefill' | 'decode';

/** Omitted selectors mean all. Negative positions count from the end of each row. Indices are 0-based. */
export interface Edit {
  readonly site: Site;
  readonly layers?: readonly number[];
  /** Query heads, or key-value heads at sites k and v. */
  readonly heads?: readonly number[];
  /** Query positions (axis P). */
  readonly positions?: readonly number[];
  /** Key positions (axis K), at scores and pattern. */
  readonly keys?: readonly number[];
  /** Batch rows (axis B). */
  readonly rows?: readonly number[];
  /** `all` where omitted. A row of a forward pass is a prompt, so that its last position decodes, unless the pass says where its prompt ends. */
  readonly scope?: EditScope;
  readonly operation: EditOperation;
}
