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
  /** On `scores` only: the query does not see the key; the rest of the row renormalises. */
  | { readonly kind: 'mask' };

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
  readonly operation: EditOperation;
}
