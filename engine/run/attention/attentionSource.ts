/**
 * What one prompt's heads attend to, a picture at a time: pooled maps of every head of a layer, exact windows, rows,
 * columns, the largest weights. A whole pattern is never in memory.
 */
import { Fault } from '../../terms/fault.ts';
import { largestValues } from '../../tensor/largestValues.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import type {
  AttentionLine,
  AttentionTile,
  AttentionTop,
  ColumnRequest,
  OverviewBand,
  OverviewRequest,
  Range,
  RowRequest,
  Thumbnails,
  ThumbnailsRequest,
  TileRequest,
  TopRequest,
} from './attentionAnswers.ts';
import { cellsOf, requireCount, requireIndex, requireRange } from './checkRequest.ts';
import type { ByteBudget } from './kept.ts';
import type { RunsHost, RunsRequest } from './layerRuns.ts';
import { LayerRuns } from './layerRuns.ts';
import { MeasuredChunks } from './measuredChunks.ts';
import type { MapShape } from './pooledMap.ts';
import { PooledMap } from './pooledMap.ts';
import { PooledMaps } from './pooledMaps.ts';
import type { QueryChunk } from './queryChunks.ts';
import { chunkOf } from './queryChunks.ts';
import { quantised } from './quantised.ts';

/** Cells in a tile, at most. */
const TILE_CELLS = 2 ** 16;
/** Maps of all heads are kept together up to here; larger ones a head at a time. */
const MAP_BYTES = 96 * 2 ** 20;

export class AttentionSource {
  readonly #family: RunsHost['family'];
  readonly #runs: LayerRuns;
  readonly #measured: MeasuredChunks;
  readonly #maps: PooledMaps;

  /** Throws Fault for a bad prompt or edit, and for a prompt that the budget can't hold two layers of. */
  constructor(host: RunsHost, budget: ByteBudget, request: RunsRequest) {
    this.#family = host.family;
    this.#runs = new LayerRuns(host, budget, request);
    this.#measured = new MeasuredChunks(host, this.#runs, budget);
    this.#maps = new PooledMaps(this.#measured, this.#runs.chunks, budget);
  }

  get tokens(): number {
    return this.#runs.tokens;
  }

  /** Lets everything that is kept go. */
  drop(): void {
    this.#runs.drop();
    this.#measured.drop();
    this.#maps.drop();
  }

  /**
   * Blocks, each of one chunk of queries, that must run before all of a layer is seen: what `onBlock` counts up to. Fewer run
   * where a picture is partly there, more where something had to go meanwhile.
   */
  blocksToSee(layer: number): number {
    this.#requireHead(layer, null);
    const last = chunkOf(this.#runs.chunks, this.tokens - 1);
    return this.#runs.blocksBefore(layer, last) + this.#runs.chunks.length;
  }

  /** Every head of a layer, pooled to the largest value of each cell. */
  async thumbnails(request: ThumbnailsRequest): Promise<Thumbnails> {
    const heads = this.#requireHead(request.layer, null);
    const shape = this.#shape({ ...request, pool: 'max' }, this.#stepFor(request.size), heads);
    const map = await whole(this.#maps.filling(request, shape));
    return quantised(map);
  }

  /** One head from the first query on, in bands of cells as soon as their queries were run. */
  async *overview(request: OverviewRequest): AsyncGenerator<OverviewBand> {
    this.#requireHead(request.layer, request.head);
    const step = this.#stepFor(request.size);
    const shape = this.#shape(request, step, this.#headsTogether(step) ?? [request.head, request.head + 1]);
    let row = 0;
    for await (const map of this.#maps.filling(request, shape)) {
      const { cells, rowsEnd } = map;
      if (rowsEnd === row) continue;
      yield { row, rows: rowsEnd - row, cells, step, data: map.read(request.head, [row, rowsEnd], [0, cells]) };
      row = rowsEnd;
    }
  }

  /** A window of one head, of at most 65,536 cells. */
  async tile(request: TileRequest): Promise<AttentionTile> {
    const own = this.#requireHead(request.layer, request.head);
    requireCount('step of a tile', request.step, 1);
    const rows = this.#cells('queries', request.queries, request.step);
    const columns = this.#cells('keys', request.keys, request.step);
    const [height, width] = [rows[1] - rows[0], columns[1] - columns[0]];
    if (height * width > TILE_CELLS) {
      throw new Fault({ what: 'tile too large', expected: `at most ${TILE_CELLS} cells`, got: `${height} x ${width}` });
    }
    const together = request.step === 1 ? null : this.#headsTogether(request.step);
    const map =
      together === null
        ? await this.#window(request, own, rows)
        : await upTo(this.#maps.filling(request, this.#shape(request, request.step, together)), rows[1]);
    return { rows: height, columns: width, data: map.read(request.head, rows, columns) };
  }

  /** What a query looks at: its values over all keys. */
  async row(request: RowRequest): Promise<AttentionLine> {
    const heads = this.#requireHead(request.layer, request.head);
    requireIndex('query', request.query, this.tokens);
    const line = await this.#measured.kept(`row ${request.query}`, request, () => this.#measured.row(request));
    const data = new Float32Array((heads[1] - heads[0]) * this.tokens);
    for (let n = heads[0]; n < heads[1]; n++) data.set(rowOf(line, n, 0), (n - heads[0]) * this.tokens);
    return { heads: heads[1] - heads[0], tokens: this.tokens, data };
  }

  /** Who looks at a key: the values of all queries on it. Runs every chunk of the layer from the key on. */
  async column(request: ColumnRequest): Promise<AttentionLine> {
    const [from, to] = this.#requireHead(request.layer, request.head);
    requireIndex('key', request.key, this.tokens);
    const all = await this.#measured.kept(`column ${request.key}`, request, () => this.#columnOfAll(request));
    const data = all.data.slice(from * this.tokens, to * this.tokens);
    return { heads: to - from, tokens: this.tokens, data };
  }

  /** The largest values of each query in a range, and how much of the query's row they are. */
  async top(request: TopRequest): Promise<AttentionTop> {
    const [from, to] = this.#requireHead(request.layer, request.head);
    const { keep, queries } = request;
    requireRange('queries', queries, this.tokens);
    requireCount('keys to keep', keep, 1);
    const [heads, size] = [to - from, queries[1] - queries[0]];
    const found = { indices: new Uint32Array(heads * size * keep), values: new Float32Array(heads * size * keep) };
    const share = new Float32Array(heads * size);
    for (const chunk of this.#chunksOf(queries)) {
      const values = await this.#measured.all(request, chunk);
      for (const query of queriesIn(chunk, queries)) {
        for (let n = 0; n < heads; n++) {
          const at = n * size + query - queries[0];
          const row = rowOf(values, from + n, query - chunk.from).subarray(0, this.#seenFrom(query));
          largestValues(row, keep, found, at * keep);
          share[at] = shareOf(found.values.subarray(at * keep, (at + 1) * keep), row);
        }
      }
    }
    return { heads, queries, keep, keys: found.indices, weights: found.values, share };
  }

  /** [N P] */
  async #columnOfAll(request: ColumnRequest): Promise<Tensor> {
    const { heads } = this.#family.shape;
    const data = new Float32Array(heads * this.tokens);
    const seen: Range = [this.#family.causal ? request.key : 0, this.tokens];
    for (const chunk of this.#chunksOf(seen)) {
      const values = await this.#measured.all(request, chunk);
      for (const query of queriesIn(chunk, seen)) {
        for (let n = 0; n < heads; n++)
          data[n * this.tokens + query] = rowOf(values, n, query - chunk.from)[request.key] ?? 0;
      }
    }
    return tensor(data, [
      { axis: 'N', size: heads },
      { axis: 'P', size: this.tokens },
    ]);
  }

  async #window(request: TileRequest, heads: Range, rows: Range): Promise<PooledMap> {
    const queries: Range = [rows[0] * request.step, Math.min(this.tokens, rows[1] * request.step)];
    const map = new PooledMap({ ...this.#shape(request, request.step, heads), queries });
    for (const chunk of this.#chunksOf(queries)) {
      map.add(chunk, await this.#measured.head(request, chunk), request.head);
    }
    return map;
  }

  #shape({ pool, skipKeys = 0 }: Pick<OverviewRequest, 'pool' | 'skipKeys'>, step: number, heads: Range): MapShape {
    requireCount('keys to skip', skipKeys, 0);
    const { tokens } = this;
    return { tokens, causal: this.#family.causal, heads, queries: [0, tokens], step, pool, skipKeys };
  }

  /** All heads come out of a block: where their maps are not too large, the next head costs nothing. */
  #headsTogether(step: number): Range | null {
    const { causal, shape } = this.#family;
    return PooledMap.bytesOf({ tokens: this.tokens, causal, step }, shape.heads) <= MAP_BYTES ? [0, shape.heads] : null;
  }

  #stepFor(size: number): number {
    requireCount('cells of a map', size, 1);
    return Math.ceil(this.tokens / size);
  }

  #seenFrom(query: number): number {
    return this.#family.causal ? query + 1 : this.tokens;
  }

  #chunksOf([from, to]: Range): readonly QueryChunk[] {
    return this.#runs.chunks.filter((chunk) => chunk.from < to && chunk.to > from);
  }

  #cells(what: string, range: Range, step: number): Range {
    requireRange(what, range, this.tokens);
    return cellsOf(what, range, step);
  }

  /** The heads that are meant. */
  #requireHead(layer: number, head: number | null): Range {
    requireIndex('layer', layer, this.#family.shape.layers);
    if (head === null) return [0, this.#family.shape.heads];
    requireIndex('head', head, this.#family.shape.heads);
    return [head, head + 1];
  }
}

async function whole(filling: AsyncGenerator<PooledMap>): Promise<PooledMap> {
  return upTo(filling, Infinity);
}

/** The map as soon as its rows before this one are there. */
async function upTo(filling: AsyncGenerator<PooledMap>, rowsEnd: number): Promise<PooledMap> {
  for await (const map of filling) if (map.isWhole || map.rowsEnd >= rowsEnd) return map;
  throw new RangeError('a map was not filled');
}

function* queriesIn({ from, to }: QueryChunk, [first, end]: Range): Generator<number> {
  for (let query = Math.max(from, first); query < Math.min(to, end); query++) yield query;
}

/** 0 for a row of zeros. */
function shareOf(part: Float32Array, row: Float32Array): number {
  const all = sumOf(row);
  return all === 0 ? 0 : sumOf(part) / all;
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Keys of a head and a query (an index of axis P), from [B 1, N, P, K]. */
function rowOf(values: Tensor, head: number, query: number): Float32Array {
  const [queries, keys] = [axisSize(values, 'P'), axisSize(values, 'K')];
  const start = (head * queries + query) * keys;
  return values.data.subarray(start, start + keys);
}
