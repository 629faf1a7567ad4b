/**
 * Which heads copied at which step (Wu et al. 2024, arXiv 2404.15574, section 2): a head copies token w when the key that it
 * attends to most, in the row that produces w, lies in the span and holds w.
 */
import type { AttendedRows } from '../../run/cachedRun.ts';
import type { PreparedRun } from '../../tasks/needles/index.ts';
import { axisSize } from '../../tensor/tensor.ts';

/** One hit: where a head looked when the step's token was produced. */
export interface Copied {
  readonly layer: number;
  readonly head: number;
  readonly step: number;
  /** Position of the key. */
  readonly key: number;
}

export interface CopyCounts {
  /** [L N]: |hits| / |span|; above 1 where a head copies a token more often than the span has it. */
  readonly legacy: Float64Array;
  /** [L N]: each token of the span counted no more often than it stands there; at most 1. */
  readonly capped: Float64Array;
  readonly copies: readonly Copied[];
}

export class CopyTally {
  readonly #layers: number;
  readonly #heads: number;
  /** Strongest key of each step, layer and head: [steps] of [L N]. */
  readonly #strongest: Int32Array[] = [];

  constructor({ layers, heads }: { readonly layers: number; readonly heads: number }) {
    this.#layers = layers;
    this.#heads = heads;
  }

  /** Rows of one layer, the first of which produces the token of `step`. */
  add({ layer, pattern }: AttendedRows, step: number): void {
    const [rows, keys] = [axisSize(pattern, 'P'), axisSize(pattern, 'K')];
    for (let row = 0; row < rows; row++) {
      const strongest = (this.#strongest[step + row] ??= new Int32Array(this.#layers * this.#heads));
      for (let head = 0; head < this.#heads; head++) {
        const at = (head * rows + row) * keys;
        strongest[layer * this.#heads + head] = largest(pattern.data, at, keys);
      }
    }
  }

  /** tokens: the one that each step produced. */
  counts({ ids, span: [from, to] }: Pick<PreparedRun, 'ids' | 'span'>, tokens: readonly number[]): CopyCounts {
    const copies: Copied[] = [];
    for (const [step, token] of tokens.entries())
      this.#strongest[step]?.forEach((key, at) => {
        if (key < from || key >= to || ids[key] !== token) return;
        copies.push({ layer: Math.floor(at / this.#heads), head: at % this.#heads, step, key });
      });
    return { ...this.#sums(copies, ids.slice(from, to), tokens), copies };
  }

  #sums(copies: readonly Copied[], span: readonly number[], tokens: readonly number[]) {
    const legacy = new Float64Array(this.#layers * this.#heads);
    const capped = new Float64Array(this.#layers * this.#heads);
    const left = new Map<string, number>();
    for (const { layer, head, step } of copies) {
      const at = layer * this.#heads + head;
      const token = tokens[step] ?? -1;
      const key = `${at} ${token}`;
      const remaining = left.get(key) ?? span.filter((id) => id === token).length;
      left.set(key, remaining - 1);
      legacy[at] = (legacy[at] ?? 0) + 1;
      if (remaining > 0) capped[at] = (capped[at] ?? 0) + 1;
    }
    return { legacy: legacy.map((n) => n / span.length), capped: capped.map((n) => n / span.length) };
  }
}

/** The first of equals; an index from `at` on. */
function largest(values: Float32Array, at: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((values[at + i] as number) > (values[at + best] as number)) best = i;
  return best;
}
