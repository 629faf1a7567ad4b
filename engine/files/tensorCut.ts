/**
 * One stored axis holds `units` equal parts side by side (a head's rows or columns each); `keep` are those that stay, in
 * order. `shape` is the tensor's with all of them.
 */
export interface TensorCut {
  readonly shape: readonly number[];
  readonly axis: number;
  readonly units: number;
  readonly keep: readonly number[];
}
