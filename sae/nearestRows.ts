/** The largest cosine of each row of a matrix with the rows of another, tile by tile on ONNX Runtime. */
import { GraphBuilder } from '../engine/graph/builder.ts';
import type { Graph } from '../engine/graph/graph.ts';
import { lower } from '../engine/graph/lower.ts';
import type { Feed, Feeds } from '../engine/run/ort.ts';
import { Session } from '../engine/run/ort.ts';

export interface Nearest {
  /** [rows]; -1 where the other matrix has no other row. */
  readonly cosine: Float32Array;
  /** [rows] of the other matrix. */
  readonly index: Uint32Array;
}

export interface NearestOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Rows of a tile. Products are reduced within the runtime: bringing them out takes ten times as long, and so does its ArgMax.
 * Which row it is is therefore looked for afterwards, in the tile that had it.
 */
const TILE = 2048;

/** Both ways: of each row of a among b's, and of each row of b among a's. Rows of zeros have cosine 0 with all. */
export async function nearestRows(
  a: Float32Array,
  b: Float32Array,
  width: number,
  options: NearestOptions = {},
): Promise<{ readonly a: Nearest; readonly b: Nearest }> {
  const [first, second] = [tilesOf(a, width), tilesOf(b, width)];
  const found = { a: none(a.length / width), b: none(b.length / width) };
  const pairs = first.flatMap((rows) => second.map((other) => ({ rows, other, isSelf: false })));
  await eachPair(pairs, width, options, ({ rows, other }, { byRow, byOther }) => {
    take(found.a, rows, other, byRow);
    take(found.b, other, rows, byOther);
  });
  return { a: located(found.a, first, second, width), b: located(found.b, second, first, width) };
}

/** [rows] of each row among all others of the same matrix; -1 where it is alone. */
export async function nearestOthers(
  data: Float32Array,
  width: number,
  options: NearestOptions = {},
): Promise<Float32Array> {
  const tiles = tilesOf(data, width);
  const found = none(data.length / width);
  const pairs = tiles.flatMap((rows, i) => tiles.slice(i).map((other, j) => ({ rows, other, isSelf: j === 0 })));
  await eachPair(pairs, width, options, ({ rows, other, isSelf }, { byRow, byOther }) => {
    take(found, rows, other, byRow);
    if (!isSelf) take(found, other, rows, byOther);
  });
  return found.cosine;
}

interface Tile {
  readonly number: number;
  /** Its first row. */
  readonly from: number;
  readonly count: number;
  /** [count width], of length 1. */
  readonly unit: Float32Array;
}

interface TilePair {
  readonly rows: Tile;
  readonly other: Tile;
  /** The same tile twice: a row is not its own neighbour. */
  readonly isSelf: boolean;
}

function tilesOf(data: Float32Array, width: number): Tile[] {
  return Array.from({ length: Math.ceil(data.length / width / TILE) }, (_, number) => {
    const part = data.subarray(number * TILE * width, (number + 1) * TILE * width);
    return { number, from: number * TILE, count: part.length / width, unit: unitFloats(part, width) };
  });
}

function unitFloats(data: Float32Array, width: number): Float32Array {
  const rows = Float32Array.from(data);
  for (let start = 0; start < rows.length; start += width) {
    let square = 0;
    for (let d = 0; d < width; d++) square += (rows[start + d] as number) ** 2;
    const factor = square === 0 ? 0 : 1 / Math.sqrt(square);
    for (let d = 0; d < width; d++) rows[start + d] = (rows[start + d] as number) * factor;
  }
  return rows;
}

interface Found {
  readonly cosine: Float32Array;
  /** [rows] number of the tile that has it. */
  readonly tile: Uint32Array;
}

function none(count: number): Found {
  return { cosine: new Float32Array(count).fill(-1), tile: new Uint32Array(count) };
}

/** Keeps what is larger than what was found before. */
function take({ cosine, tile }: Found, { from }: Tile, other: Tile, largest: Float32Array): void {
  largest.forEach((value, i) => {
    if (value <= (cosine[from + i] as number)) return;
    cosine[from + i] = value;
    tile[from + i] = other.number;
  });
}

/** The row of that tile with the largest product. */
function located({ cosine, tile }: Found, tiles: readonly Tile[], others: readonly Tile[], width: number): Nearest {
  const index = new Uint32Array(cosine.length);
  for (const { from, count, unit } of tiles) {
    for (let i = 0; i < count; i++) {
      const other = others[tile[from + i] as number] as Tile;
      index[from + i] = other.from + largestProduct(unit.subarray(i * width, (i + 1) * width), other);
    }
  }
  return { cosine, index };
}

function largestProduct(row: Float32Array, { unit, count }: Tile): number {
  let [best, most] = [0, -Infinity];
  for (let j = 0; j < count; j++) {
    let product = 0;
    const start = j * row.length;
    for (let d = 0; d < row.length; d++) product += (row[d] as number) * (unit[start + d] as number);
    if (product <= most) continue;
    most = product;
    best = j;
  }
  return best;
}

interface Largest {
  readonly byRow: Float32Array;
  readonly byOther: Float32Array;
}

async function eachPair(
  pairs: readonly TilePair[],
  width: number,
  { onProgress, signal }: NearestOptions,
  use: (pair: TilePair, largest: Largest) => void,
): Promise<void> {
  const sessions = [await sessionFor(pairGraph(width, false)), await sessionFor(pairGraph(width, true))] as const;
  try {
    for (const [done, pair] of pairs.entries()) {
      signal?.throwIfAborted();
      onProgress?.(done, pairs.length);
      use(pair, await largestOf(sessions[pair.isSelf ? 1 : 0], pair, width));
    }
  } finally {
    await Promise.all(sessions.map((session) => session.release()));
  }
}

function sessionFor(graph: Graph): Promise<Session> {
  return Session.create(lower(graph, { storage: () => ({ kind: 'input' }) }), { memory: [], keepsArena: true });
}

/** s = rows . other^T, less 4 of a row with itself; the largest along either axis. */
function pairGraph(width: number, isSelf: boolean): Graph {
  const g = new GraphBuilder('nearest rows', { D: width });
  const products = g.contract(g.input('rows', 'B D'), g.input('other', 'F D'), 'B F');
  const cosines = isSelf ? g.subtract(products, g.input('self', 'B F')) : products;
  g.output('byRow', g.max(cosines, 'F'));
  g.output('byOther', g.max(cosines, 'B'));
  return g.build();
}

async function largestOf(session: Session, { rows, other, isSelf }: TilePair, width: number): Promise<Largest> {
  const feeds: Feeds = { rows: feed(rows, width), other: feed(other, width) };
  const given = isSelf ? { ...feeds, self: diagonal(rows.count) } : feeds;
  const found = await session.run(given, ['byRow', 'byOther']);
  const read = (name: string) => found.get(name)?.data ?? new Float32Array();
  return { byRow: read('byRow'), byOther: read('byOther') };
}

function feed({ unit, count }: Tile, width: number): Feed {
  return { data: unit, shape: [count, width] };
}

function diagonal(size: number): Feed {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 4;
  return { data, shape: [size, size] };
}
