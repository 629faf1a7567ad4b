/**
 * Batches of a model's activations. Rows are shuffled within pools, each the rows of some windows of the text: a pool is
 * collected by one pass of the model when a step first needs it. What a step sees depends on the step alone.
 */
import type { Model } from '../../engine/run/index.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Rows } from '../rows.ts';
import { countOf, rowsAt } from '../rows.ts';
import type { BatchSource } from '../training/batches.ts';
import { collectRows } from './collectRows.ts';
import { placeColumns } from './placeColumns.ts';
import type { PoolStore, RowsToStore, StoredPool } from './poolStore.ts';
import type { RowPool } from './rowPools.ts';
import { PoolOrder, rowPools } from './rowPools.ts';
import type { Place } from './siteRows.ts';
import { rowTokens, windowBatches } from './siteRows.ts';

export interface ActivationRequest {
  /** Windows of token ids. */
  readonly windows: readonly (readonly number[])[];
  /** Side by side in a row, in this order. */
  readonly places: readonly Place[];
  /** Tokens of a window that give no row, from its start. */
  readonly skip: number;
  /** What rows depend on besides: the model as it is held, and the text. */
  readonly of: string;
  /** Rows of a step, and most that are shuffled together. */
  readonly batch: number;
  readonly pool: number;
  /** Of the order. */
  readonly seed: number;
  /** Bytes that rows may take in memory, and in `store`. */
  readonly memory: number;
  readonly disk: number;
  readonly store: PoolStore;
  readonly signal?: AbortSignal;
}

/** Called with rows that were collected, of those to collect. */
export type OnCollected = (done: number, total: number) => void;

const bytesOfValue = 4;

export class ActivationPools implements BatchSource {
  readonly width: number;
  readonly rows: number;
  readonly pools: readonly RowPool[];
  readonly #model: Model;
  readonly #request: ActivationRequest;
  readonly #perToken: number;
  readonly #order: PoolOrder;
  /** In memory, and on disk; those not used for the longest time first. */
  readonly #held = new Map<number, Rows>();
  readonly #stored = new Map<number, StoredPool>();
  #sample: Rows | null = null;
  #modelSeconds = 0;

  /** Throws Fault for places that don't go together, for too little text, and for a pool that fits neither in memory nor on disk. */
  constructor(model: Model, request: ActivationRequest) {
    const { places, windows, batch, seed } = request;
    const { width, perToken } = placeColumns(places, model.family);
    this.#model = model;
    this.#request = request;
    this.width = width;
    this.rows = batch;
    this.#perToken = perToken;
    this.pools = rowPools(windows, { ...request, perToken });
    this.#order = new PoolOrder(this.pools, batch, seed);
    this.#requireRoom();
  }

  /** Seconds that the model ran. */
  get modelSeconds(): number {
    return this.#modelSeconds;
  }

  async batch(step: number): Promise<Float32Array> {
    const { pool, rows } = this.#order.rowsOf(step);
    await this.prepare(step);
    const held = this.#held.get(pool);
    if (held !== undefined) return rowsAt(held, rows).data;
    return (this.#stored.get(pool) as StoredPool).rowsAt(rows);
  }

  /** Rows of the first windows. */
  async sample(count: number, onCollected?: OnCollected): Promise<Rows> {
    const [first] = this.pools as readonly [RowPool];
    const wanted = Math.min(count, first.rows);
    if (this.#sample === null || countOf(this.#sample) < wanted)
      this.#sample = await this.#collect(first, wanted, onCollected);
    const { width, data } = this.#sample;
    return { width, data: data.subarray(0, wanted * width) };
  }

  /** Collects the rows of this step where they are not there yet. Throws Fault for values that are not finite, and for a full disk. */
  async prepare(step: number, onCollected?: OnCollected): Promise<void> {
    const { pool } = this.#order.rowsOf(step);
    if (touched(this.#held, pool)) return;
    if (!this.#spills) return this.#hold(pool, () => this.#collect(this.#poolOf(pool), Infinity, onCollected));
    const stored = await this.#store(pool, onCollected);
    if (this.#largest <= this.#request.memory) await this.#hold(pool, () => stored.all());
  }

  /** Removes what it keeps on disk. */
  async clear(): Promise<void> {
    for (const pool of this.pools.keys()) await this.#request.store.remove(pool);
    this.#stored.clear();
  }

  get #total(): number {
    return this.pools.reduce((sum, pool) => sum + this.#bytes(pool), 0);
  }

  get #largest(): number {
    return Math.max(...this.pools.map((pool) => this.#bytes(pool)));
  }

  /** Are pools kept on disk? Where all fit in memory that is enough; where none fits on disk it must be. */
  get #spills(): boolean {
    return this.#total > this.#request.memory && this.#largest <= this.#request.disk;
  }

  #bytes({ rows }: RowPool): number {
    return rows * this.width * bytesOfValue;
  }

  #poolOf(pool: number): RowPool {
    return this.pools[pool] as RowPool;
  }

  #requireRoom(): void {
    const room = Math.max(this.#request.memory, this.#request.disk);
    if (this.#largest <= room) return;
    const expected = `at most ${Math.floor(room / (this.width * bytesOfValue))}, which fit in memory or on disk`;
    const got = `${Math.max(...this.pools.map(({ rows }) => rows))} of ${this.width * bytesOfValue} bytes each`;
    throw new Fault({ what: 'rows that are shuffled together', expected, got });
  }

  async #hold(pool: number, read: () => Promise<Rows>): Promise<void> {
    makeRoom(this.#held, this.#request.memory - this.#bytes(this.#poolOf(pool)), ({ data }) => data.byteLength);
    this.#held.set(pool, await read());
  }

  async #store(pool: number, onCollected?: OnCollected): Promise<StoredPool> {
    const known = this.#stored.get(pool);
    if (known !== undefined && touched(this.#stored, pool)) return known;
    const stored =
      (await this.#request.store.find(pool, this.#identity(pool))) ?? (await this.#write(pool, onCollected));
    this.#stored.set(pool, stored);
    return stored;
  }

  async #write(pool: number, onCollected?: OnCollected): Promise<StoredPool> {
    const { store, disk } = this.#request;
    if (this.#total > disk) {
      makeRoom(this.#stored, disk - this.#bytes(this.#poolOf(pool)), ({ bytes }) => bytes);
      // Those that have to go, and what a process that ended left.
      for (const other of this.pools.keys()) if (!this.#stored.has(other)) await store.remove(other);
    }
    const { passes } = this.#passes(this.#poolOf(pool), Infinity);
    const collecting = this.#collecting(this.#poolOf(pool), passes, onCollected);
    const parts = passes.map((windows): RowsToStore => {
      return { rows: this.#rowsOf(windows), read: async () => nextOf(await collecting.next()) };
    });
    return store.write(pool, this.#identity(pool), this.width, parts);
  }

  async #collect(pool: RowPool, wanted: number, onCollected?: OnCollected): Promise<Rows> {
    const { rows, passes } = this.#passes(pool, wanted);
    const data = new Float32Array(rows * this.width);
    let next = 0;
    for await (const part of this.#collecting(pool, passes, onCollected)) {
      data.set(part, next);
      next += part.length;
    }
    return { width: this.width, data };
  }

  /** The windows of each forward pass of a pool, up to the pass that gives the last of the wanted rows. */
  #passes({ from, to }: RowPool, wanted: number): { readonly rows: number; readonly passes: readonly Windows[] } {
    const passes: Windows[] = [];
    let rows = 0;
    for (const windows of windowBatches(this.#request.windows.slice(from, to))) {
      if (rows >= wanted) break;
      passes.push(windows);
      rows += this.#rowsOf(windows);
    }
    return { rows, passes };
  }

  #rowsOf(windows: Windows): number {
    const { skip } = this.#request;
    return windows.reduce((sum, window) => sum + rowTokens(window, skip) * this.#perToken, 0);
  }

  /** Rows of each pass. Those that the sample has are not collected again. */
  async *#collecting(
    { from }: RowPool,
    passes: readonly Windows[],
    onCollected?: OnCollected,
  ): AsyncGenerator<Float32Array> {
    const known = from === 0 ? this.#sampled(passes) : [];
    yield* known;
    const total = passes.reduce((sum, windows) => sum + this.#rowsOf(windows), 0);
    let done = known.reduce((sum, { length }) => sum + length / this.width, 0);
    const first = from + passes.slice(0, known.length).flat().length;
    const windows = passes.slice(known.length).flat();
    for await (const { rows, seconds } of collectRows(this.#model, { ...this.#request, windows }, first)) {
      this.#modelSeconds += seconds;
      done += countOf(rows);
      onCollected?.(done, total);
      yield rows.data;
    }
  }

  /** What the sample has of passes that it begins with. */
  #sampled(passes: readonly Windows[]): Float32Array[] {
    const data = this.#sample?.data ?? new Float32Array();
    const found: Float32Array[] = [];
    let next = 0;
    for (const windows of passes) {
      const end = next + this.#rowsOf(windows) * this.width;
      if (end > data.length) break;
      found.push(data.subarray(next, end));
      next = end;
    }
    return found;
  }

  /** What a pool is of: another model, text or place gives other rows. */
  #identity(pool: number): string {
    const { of, places, skip } = this.#request;
    const { from, to } = this.#poolOf(pool);
    return JSON.stringify({ of, places, skip, from, to });
  }
}

type Windows = ActivationRequest['windows'];

function nextOf(step: IteratorResult<Float32Array, unknown>): Float32Array {
  if (step.done !== true) return step.value;
  throw new RangeError('activations: more rows were expected');
}

/** Is it there? Then it is the last to go. */
function touched<T>(kept: Map<number, T>, pool: number): boolean {
  const found = kept.get(pool);
  if (found === undefined) return false;
  kept.delete(pool);
  kept.set(pool, found);
  return true;
}

/** Drops what was not used for the longest time until the rest has no more bytes. */
function makeRoom<T>(kept: Map<number, T>, bytes: number, bytesOf: (one: T) => number): void {
  let total = [...kept.values()].reduce((sum, one) => sum + bytesOf(one), 0);
  for (const [pool, one] of kept) {
    if (total <= bytes) return;
    kept.delete(pool);
    total -= bytesOf(one);
  }
}
