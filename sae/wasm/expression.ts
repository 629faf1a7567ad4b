/** Typed pieces of WebAssembly code: an expression leaves one value on the stack, a statement leaves none. */
import type { Bytes } from './bytes.ts';

/** Kinds of values that the kernels use. `v128`: four float32 or four int32. */
export type Kind = 'i32' | 'f32' | 'v128';

export interface Expression<K extends Kind> {
  readonly kind: K;
  readonly code: Bytes;
}

export interface Statement {
  readonly kind: 'none';
  readonly code: Bytes;
}

export function expression<K extends Kind>(kind: K, ...code: readonly Bytes[]): Expression<K> {
  return { kind, code: code.flat() };
}

export function statement(...code: readonly Bytes[]): Statement {
  return { kind: 'none', code: code.flat() };
}
