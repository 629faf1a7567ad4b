/** Bands of one prompt's queries as they come, chunk after chunk of a layer, and their sum. */
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';

/** A band that is whole: by key, the sum over its queries of A[q, k]. The array is used again. */
export type TakeBand = (band: number, head: number, masses: Float64Array) => void;

export class BandSums {
  readonly #masses: readonly Float64Array[];
  readonly #columns: readonly Float64Array[];
  /** The band that is being added up. */
  #open: number | null = null;

  /** `keys`: tokens of the prompt. */
  constructor(heads: number, keys: number) {
    const make = () => Array.from({ length: heads }, () => new Float64Array(keys));
    [this.#masses, this.#columns] = [make(), make()];
  }

  /** bands [B N I K], the first of which is band `first`: a chunk may end within a band. */
  add(bands: Tensor, row: number, first: number, take: TakeBand): void {
    const [count, keys] = [axisSize(bands, 'I'), axisSize(bands, 'K')];
    for (let i = 0; i < count; i++) {
      if (this.#open !== first + i) this.#close(take);
      this.#open = first + i;
      this.#masses.forEach((masses, head) => {
        const at = ((row * this.#masses.length + head) * count + i) * keys;
        addTo(masses, bands.data.subarray(at, at + Math.min(keys, masses.length)));
      });
    }
  }

  /** The end of a layer: by head, the sums over all queries; the next layer begins at nothing. */
  finish(take: TakeBand): readonly Float64Array[] {
    this.#close(take);
    const columns = this.#columns.map((masses) => masses.slice());
    this.#columns.forEach((masses) => masses.fill(0));
    return columns;
  }

  #close(take: TakeBand): void {
    const band = this.#open;
    this.#open = null;
    if (band === null) return;
    this.#masses.forEach((masses, head) => {
      take(band, head, masses);
      addTo(this.#columns[head] as Float64Array, masses);
      masses.fill(0);
    });
  }
}

function addTo(sums: Float64Array, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
}
