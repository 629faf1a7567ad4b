/** Maps of attention in cells of step x step values, filled from chunks of queries in order. */
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import type { QueryChunk } from './queryChunks.ts';

export interface MapShape {
  readonly tokens: number;
  readonly causal: boolean;
  /** Heads [from, to) of the layer. */
  readonly heads: readonly [from: number, to: number];
  /** Queries [from, to); `from` is a multiple of step. */
  readonly queries: readonly [from: number, to: number];
  /** Queries and keys in a cell; the last ones hold what is left. */
  readonly step: number;
  /**
   * Over the pairs of a cell whose key is not after its query (all pairs with a bidirectional mask) and not skipped; keys
   * outside a sliding window count, as 0. A cell without such a pair is 0.
   */
  readonly pool: Pool;
  /** The first keys are left out. */
  readonly skipKeys: number;
}

export type Pool = 'max' | 'mean';

export class PooledMap {
  readonly shape: MapShape;
  /** Along the axis of keys. */
  readonly cells: number;
  readonly #firstRow: number;
  /** [heads, width of the row] each: cells above the diagonal are not stored. */
  readonly #rows: Float32Array[] = [];
  #next: number;

  constructor(shape: MapShape) {
    this.shape = shape;
    this.cells = Math.ceil(shape.tokens / shape.step);
    this.#firstRow = this.#rowOf(shape.queries[0]);
    this.#next = shape.queries[0];
  }

  /** Bytes of a whole map of all queries. */
  static bytesOf({ tokens, causal, step }: Pick<MapShape, 'tokens' | 'causal' | 'step'>, heads: number): number {
    const cells = Math.ceil(tokens / step);
    return 4 * heads * (causal ? (cells * (cells + 1)) / 2 : cells * cells);
  }

  get bytes(): number {
    return this.#rows.reduce((sum, row) => sum + row.byteLength, 0);
  }

  /** The query that is to be added next. */
  get next(): number {
    return this.#next;
  }

  get isWhole(): boolean {
    return this.#next === this.shape.queries[1];
  }

  /** Rows of cells before this one have all of their queries. */
  get rowsEnd(): number {
    return this.isWhole ? this.#rowOf(this.#next - 1) + 1 : this.#rowOf(this.#next);
  }

  /** values: [B 1, N, P, K] at the chunk's queries, the first head being `firstHead`. RangeError for a chunk out of turn. */
  add({ from, to }: QueryChunk, values: Tensor, firstHead = 0): void {
    if (this.#next < from || this.#next >= to) throw new RangeError(`queries ${from} to ${to}, expected ${this.#next}`);
    const end = Math.min(to, this.shape.queries[1]);
    for (; this.#next < end; this.#next++) {
      const row = this.#rowOf(this.#next);
      this.#addQuery(row, this.#next - from, values, firstHead);
      if (this.#next === this.#queriesOf(row)[1] - 1) this.#finish(row);
    }
  }

  /** Cells of a head, rows x columns: 0 above the diagonal, and in rows that are not whole yet. */
  read(head: number, rows: readonly [number, number], columns: readonly [number, number]): Float32Array {
    const size = columns[1] - columns[0];
    const found = new Float32Array((rows[1] - rows[0]) * size);
    for (let row = rows[0]; row < Math.min(rows[1], this.rowsEnd); row++) {
      const width = this.#width(row);
      if (columns[0] >= width) continue;
      const start = (head - this.shape.heads[0]) * width;
      const cells = this.#row(row).subarray(start + columns[0], start + Math.min(width, columns[1]));
      found.set(cells, (row - rows[0]) * size);
    }
    return found;
  }

  #addQuery(row: number, index: number, values: Tensor, firstHead: number): void {
    const { heads, causal, pool, step, skipKeys } = this.shape;
    const [queries, keys] = [axisSize(values, 'P'), axisSize(values, 'K')];
    const [cells, width] = [this.#row(row), this.#width(row)];
    const reduce = pool === 'max' ? takeLargest : addUp;
    for (let n = heads[0]; n < heads[1]; n++) {
      const start = ((n - firstHead) * queries + index) * keys;
      const seen = { start, from: skipKeys, to: causal ? this.#next + 1 : keys };
      reduce(values.data, seen, step, cells, (n - heads[0]) * width);
    }
  }

  #row(row: number): Float32Array {
    const known = this.#rows[row - this.#firstRow];
    if (known !== undefined) return known;
    const { heads, pool } = this.shape;
    const made = new Float32Array((heads[1] - heads[0]) * this.#width(row)).fill(pool === 'max' ? -Infinity : 0);
    this.#rows[row - this.#firstRow] = made;
    return made;
  }

  #finish(row: number): void {
    const [cells, width] = [this.#row(row), this.#width(row)];
    if (this.shape.pool === 'max') return replaceAll(cells, -Infinity, 0);
    for (let column = 0; column < width; column++) {
      const pairs = Math.max(1, this.#pairs(row, column));
      for (let i = column; i < cells.length; i += width) cells[i] = (cells[i] as number) / pairs;
    }
  }

  /** Pairs of query and key that a cell is pooled over. */
  #pairs(row: number, column: number): number {
    const { step, tokens, causal, skipKeys } = this.shape;
    const from = Math.max(skipKeys, column * step);
    const [first, end] = this.#queriesOf(row);
    let pairs = 0;
    for (let query = first; query < end; query++) {
      const to = Math.min((column + 1) * step, causal ? query + 1 : tokens);
      pairs += Math.max(0, to - from);
    }
    return pairs;
  }

  #rowOf(query: number): number {
    return Math.floor(query / this.shape.step);
  }

  #queriesOf(row: number): readonly [number, number] {
    const { step, queries } = this.shape;
    return [row * step, Math.min(queries[1], (row + 1) * step)];
  }

  /** Columns that the row's last query reaches. */
  #width(row: number): number {
    return this.shape.causal ? this.#rowOf(this.#queriesOf(row)[1] - 1) + 1 : this.cells;
  }
}

function replaceAll(values: Float32Array, old: number, by: number): void {
  for (let i = 0; i < values.length; i++) if (values[i] === old) values[i] = by;
}

interface Keys {
  /** Where the query's values begin. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

type Reduce = (data: Float32Array, keys: Keys, step: number, cells: Float32Array, at: number) => void;

const takeLargest: Reduce = (data, { start, from, to }, step, cells, at) => {
  let cell = at + Math.floor(from / step);
  let end = start + Math.min(to, from - (from % step) + step);
  for (let i = start + from; i < start + to; cell++) {
    let most = cells[cell] as number;
    for (; i < end; i++) {
      const value = data[i] as number;
      if (value > most) most = value;
    }
    cells[cell] = most;
    end = end + step < start + to ? end + step : start + to;
  }
};

const addUp: Reduce = (data, { start, from, to }, step, cells, at) => {
  let cell = at + Math.floor(from / step);
  let end = start + Math.min(to, from - (from % step) + step);
  for (let i = start + from; i < start + to; cell++) {
    let sum = cells[cell] as number;
    for (; i < end; i++) sum += data[i] as number;
    cells[cell] = sum;
    end = end + step < start + to ? end + step : start + to;
  }
};
