/**
 * One prompt under one list of edits, run no further than somebody looks: the stream before each layer, chunk of queries by
 * chunk of queries. What was run is kept while it fits and run again where it is missing.
 */
import type { Edit } from '../../terms/edits.ts';
import { Fault } from '../../terms/fault.ts';
import type { Site } from '../../terms/sites.ts';
import { joinAxis, sliceAxis } from '../../tensor/positions.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import type { Batch } from '../batch.ts';
import { makeBatch } from '../batch.ts';
import { checkEdits } from '../checkEdits.ts';
import { editsAt } from '../editPlan.ts';
import type { ForwardHost } from '../forward.ts';
import { extendCache } from '../forward.ts';
import type { LayerCache, PartResult } from '../pass.ts';
import { Pass } from '../pass.ts';
import type { ByteBudget } from './kept.ts';
import { Kept } from './kept.ts';
import type { QueryChunk } from './queryChunks.ts';
import { chunkOf, queryChunks } from './queryChunks.ts';

export interface RunsHost extends ForwardHost {
  /** Runs alone; others come between two of these. */
  exclusive<T>(act: () => Promise<T>): Promise<T>;
}

/** Who waits: may stop, and is told of every block that was run. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly onBlock?: (() => void) | undefined;
}

export interface RunsRequest {
  readonly ids: readonly number[];
  readonly edits?: readonly Edit[];
  /** Most queries in a chunk. */
  readonly maxQueries?: number | undefined;
}

interface Place {
  readonly layer: number;
  readonly chunk: QueryChunk;
  /** Keys and values of the positions before this one are needed. */
  readonly keysTo: number;
}

const none: ReadonlySet<Site> = new Set();
const pattern: ReadonlySet<Site> = new Set(['pattern']);
/** What streams, keys and values may take of the budget while all layers advance together. */
const SHARE = 0.8;

export class LayerRuns {
  readonly batch: Batch;
  readonly chunks: readonly QueryChunk[];
  readonly edits: readonly Edit[];
  readonly #host: RunsHost;
  readonly #budget: ByteBudget;
  /** Before layer l, and last after the last one: [B 1, P, D] of the first chunks. */
  readonly #streams: readonly Kept<readonly Tensor[]>[];
  /** Of the first positions. */
  readonly #keys: readonly Kept<LayerCache>[];
  readonly #passes: readonly Kept<Pass>[];

  /** Throws Fault for a bad prompt or edit, and for a prompt of which two layers' streams are more than the budget. */
  constructor(host: RunsHost, budget: ByteBudget, { ids, edits = [], maxQueries }: RunsRequest) {
    const { layers } = host.family.shape;
    this.#host = host;
    this.#budget = budget;
    this.edits = edits;
    this.batch = makeBatch([ids], host.family, 'right');
    checkEdits(edits, host.family, this.batch);
    this.chunks = queryChunks(host.family, ids.length, maxQueries);
    this.#streams = Array.from({ length: layers + 1 }, () => new Kept<readonly Tensor[]>(budget));
    this.#keys = Array.from({ length: layers }, () => new Kept<LayerCache>(budget));
    this.#passes = this.chunks.map(() => new Kept<Pass>(budget));
    this.#requireRoom();
  }

  get tokens(): number {
    return this.batch.slots;
  }

  /** Lets everything go. */
  drop(): void {
    for (const kept of [...this.#streams, ...this.#keys, ...this.#passes]) kept.drop();
  }

  /** How many blocks must run before a chunk of a layer's queries can be read; one is a chunk in a layer. */
  blocksBefore(layer: number, chunk: QueryChunk): number {
    let missing = 0;
    for (let l = layer; l > 0; l--) {
      const wanted = l === layer || this.#advanceTogether(layer, chunk) ? chunk.index + 1 : this.chunks.length;
      const lacking = Math.max(0, wanted - this.#done(l));
      if (lacking === 0) break;
      missing += lacking;
    }
    return missing;
  }

  /** The stream [B 1, P, D] before a layer (0 to L; L is after the last block) at a chunk's queries. */
  async streamAt(layer: number, chunk: QueryChunk, watch: Watch = {}): Promise<Tensor> {
    for (;;) {
      const found = this.#streams[layer]?.get()?.[chunk.index];
      if (found !== undefined) return found;
      await this.#advance(layer, chunk, watch);
    }
  }

  /** A layer's attention pattern at a chunk's queries, [B 1, N, P, K]: the keys that the chunk sees. */
  async patternAt(layer: number, chunk: QueryChunk, watch: Watch = {}): Promise<Tensor> {
    const act = () => this.#runBlock(layer, chunk, pattern, watch);
    return patternOf(await this.#run({ layer, chunk, keysTo: chunk.from }, watch, act));
  }

  /** The attention pattern of one query, [B 1, N, P 1, K]. */
  async patternAtQuery(layer: number, query: number, watch: Watch = {}): Promise<Tensor> {
    const chunk = chunkOf(this.chunks, query);
    if (this.chunks.length === 1) {
      const whole = await this.patternAt(layer, chunk, watch);
      const keys = this.#host.family.causal ? query + 1 : this.tokens;
      return sliceAxis(sliceAxis(whole, 'P', query, query + 1), 'K', 0, keys);
    }
    const act = () => this.#runQuery(layer, query, chunk);
    return patternOf(await this.#run({ layer, chunk, keysTo: query }, watch, act));
  }

  /** One more chunk of the stream before a layer. */
  async #advance(layer: number, wanted: QueryChunk, watch: Watch): Promise<void> {
    const next = this.chunks[this.#done(layer)];
    if (next === undefined || next.index > wanted.index) return;
    if (layer === 0) return this.#turn(watch, () => this.#embed(next));
    const last = this.chunks.at(-1) ?? next;
    await this.streamAt(layer - 1, this.#advanceTogether(layer, next) ? next : last, watch);
    await this.#extend(layer - 1, next, watch, () => this.#done(layer) > next.index);
  }

  async #embed(chunk: QueryChunk): Promise<void> {
    if (this.#done(0) !== chunk.index) return;
    const pass = this.#pass(chunk);
    const edits = pass.affine(only(editsAt(this.edits, null), 'embed'), null);
    this.#push(0, (await pass.embed(edits, none)).stream);
  }

  /** Runs a block for the streams and keys that it leaves, but where another reader has done so meanwhile. */
  async #extend(layer: number, chunk: QueryChunk, watch: Watch, isDone: () => boolean): Promise<void> {
    const act = async () => (isDone() ? 'done' : this.#runBlock(layer, chunk, none, watch));
    await this.#run({ layer, chunk, keysTo: chunk.from }, watch, act);
  }

  /** Acts once the stream is there, and the keys before a position; again where `act` gives null. */
  async #run<T>({ layer, chunk, keysTo }: Place, watch: Watch, act: () => Promise<T | null>): Promise<T> {
    for (;;) {
      await this.streamAt(layer, chunk, watch);
      while (this.#remembered(layer) < keysTo) await this.#rememberMore(layer, watch);
      const result = await this.#turn(watch, act);
      if (result !== null) return result;
    }
  }

  #rememberMore(layer: number, watch: Watch): Promise<void> {
    const known = this.#remembered(layer);
    return this.#extend(layer, chunkOf(this.chunks, known), watch, () => this.#remembered(layer) > known);
  }

  /** Null where what it needs had to go while others had their turn. */
  async #runQuery(layer: number, query: number, chunk: QueryChunk): Promise<PartResult | null> {
    const stream = this.#streams[layer]?.get()?.[chunk.index];
    if (stream === undefined || this.#remembered(layer) < query) return null;
    const residPre = sliceAxis(stream, 'P', query - chunk.from, query - chunk.from + 1);
    const pass = this.#passAt([query], query + 1);
    const cache = firstKeys(this.#keys[layer]?.get(), query);
    const edits = pass.affine(editsAt(this.edits, layer), layer);
    return pass.block({ layer, residPre, cache, edits, capture: pattern, keepsCache: false });
  }

  /** Null as above. */
  async #runBlock(
    layer: number,
    chunk: QueryChunk,
    capture: ReadonlySet<Site>,
    { onBlock }: Watch,
  ): Promise<PartResult | null> {
    const residPre = this.#streams[layer]?.get()?.[chunk.index];
    const known = this.#keys[layer]?.get();
    const remembered = this.#remembered(layer);
    if (residPre === undefined || remembered < chunk.from) return null;
    const isNext = remembered === chunk.from && this.chunks.length > 1;
    const pass = this.#pass(chunk);
    const edits = pass.affine(editsAt(this.edits, layer), layer);
    const cache = firstKeys(known, chunk.from);
    const result = await pass.block({ layer, residPre, cache, edits, capture, keepsCache: isNext });
    if (isNext) this.#remember(layer, extendCache(cache, result.fresh));
    if (this.#done(layer + 1) === chunk.index) this.#push(layer + 1, result.stream);
    onBlock?.();
    return result;
  }

  #turn<T>({ signal }: Watch, act: () => Promise<T>): Promise<T> {
    return this.#host.exclusive(() => {
      signal?.throwIfAborted();
      return act();
    });
  }

  /** Chunks of the stream before a layer that are there. */
  #done(layer: number): number {
    return this.#streams[layer]?.get()?.length ?? 0;
  }

  /** Positions whose keys and values are there. */
  #remembered(layer: number): number {
    const known = this.#keys[layer]?.get();
    return known === undefined ? 0 : axisSize(known.keys, 'T');
  }

  #push(layer: number, part: Tensor): void {
    const parts = [...(this.#streams[layer]?.get() ?? []), part];
    this.#streams[layer]?.set(
      parts,
      parts.reduce((sum, { data }) => sum + data.byteLength, 0),
    );
    if (layer > 0 && parts.length === this.chunks.length) this.#host.checkStream(layer - 1, joinAxis(parts, 'P'));
  }

  #remember(layer: number, cache: LayerCache | undefined): void {
    if (cache === undefined) return;
    this.#keys[layer]?.set(cache, cache.keys.data.byteLength + cache.values.data.byteLength);
  }

  /** Masks are shared by all layers, and are most of its bytes. */
  #pass({ index, from, to, keys }: QueryChunk): Pass {
    const known = this.#passes[index]?.get();
    if (known !== undefined) return known;
    const queries = Array.from({ length: to - from }, (_, i) => from + i);
    const pass = this.#passAt(queries, keys);
    this.#passes[index]?.set(pass, 4 * queries.length * keys);
    return pass;
  }

  #passAt(queries: readonly number[], keys: number): Pass {
    return new Pass(this.#host.family, this.#host.programs, this.batch, { queries, stream: queries, keys });
  }

  /**
   * As far into the prompt as all layers' streams, keys and values fit, a chunk goes down to the layer before the next one
   * starts: the first queries of a deep layer can be seen long before the last. From there on each layer is run to its end,
   * and the ones before it may go.
   */
  #advanceTogether(layer: number, { to }: QueryChunk): boolean {
    return this.#host.family.causal && (layer + 1) * this.#bytesOf(to) <= SHARE * this.#budget.limit;
  }

  /** A layer's stream, keys and values. */
  #bytesOf(positions: number): number {
    const { width, kvHeads, headWidth } = this.#host.family.shape;
    return 4 * positions * (width + 2 * kvHeads * headWidth);
  }

  #requireRoom(): void {
    const needed = 2 * this.#bytesOf(this.tokens);
    if (needed <= this.#budget.limit) return;
    throw new Fault({
      what: 'prompt too long to keep two layers of',
      expected: `at most ${Math.floor((this.tokens * this.#budget.limit) / needed)} tokens`,
      got: String(this.tokens),
    });
  }
}

function patternOf({ captured }: PartResult): Tensor {
  const found = captured.get('pattern');
  if (found === undefined) throw new RangeError('a block gave no pattern');
  return found;
}

function firstKeys(cache: LayerCache | undefined, positions: number): LayerCache | undefined {
  if (cache === undefined || positions === 0) return undefined;
  return { keys: sliceAxis(cache.keys, 'T', 0, positions), values: sliceAxis(cache.values, 'T', 0, positions) };
}

function only<Value>(from: ReadonlyMap<Site, Value>, key: Site): ReadonlyMap<Site, Value> {
  return new Map([...from].filter(([site]) => site === key));
}
