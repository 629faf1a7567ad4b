/** Codes of a batch as sparse rows, with how often each atom was picked. */
import type { Codes } from '../codes.ts';

/** Picks of a batch as the kernels leave them. */
export interface Picks {
  /** F */
  readonly features: number;
  /** Values between the starts of two samples in the lists below. */
  readonly stride: number;
  /** [B] picks of each sample. */
  readonly counts: ArrayLike<number>;
  /** [B stride] j_t */
  readonly atoms: ArrayLike<number>;
  /** [B stride] c_t */
  readonly coefficients: ArrayLike<number>;
}

/** `values` are f_i = sum of c_t over the picks of i. */
export interface PursuitCodes extends Codes {
  /** How often each was picked: nearly always once where atoms are nearly orthogonal. */
  readonly multiplicities: Uint32Array;
}

/** f_i = sum over t with j_t = i of c_t. */
export function pursuitCodes({ features, stride, counts, atoms, coefficients }: Picks): PursuitCodes {
  const samples = Array.from(counts, (count, sample) => {
    const found = new Map<number, { value: number; times: number }>();
    for (let t = sample * stride; t < sample * stride + count; t++) {
      const entry = found.get(atoms[t] as number) ?? { value: 0, times: 0 };
      found.set(atoms[t] as number, { value: entry.value + (coefficients[t] as number), times: entry.times + 1 });
    }
    return [...found].sort(([a], [b]) => a - b);
  });
  const entries = samples.flat();
  const starts = new Uint32Array(samples.length + 1);
  samples.forEach(({ length }, sample) => (starts[sample + 1] = (starts[sample] as number) + length));
  return {
    features,
    starts,
    indices: Uint32Array.from(entries, ([atom]) => atom),
    values: Float32Array.from(entries, ([, { value }]) => value),
    multiplicities: Uint32Array.from(entries, ([, { times }]) => times),
  };
}
