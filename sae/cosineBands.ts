/** Cosines of rows of one matrix with rows of another, a band of rows at a time on ONNX Runtime. */
import { GraphBuilder } from '../engine/graph/builder.ts';
import { lower } from '../engine/graph/lower.ts';
import { Session } from '../engine/run/ort.ts';

export interface CosineOptions {
  /** Bands that are done, of all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Rows `from` to `from + count` of the one, with all rows of the other from `otherFrom` on. */
export interface Band {
  readonly from: number;
  readonly count: number;
  readonly otherFrom: number;
  readonly others: number;
}

/** Cosines of a band, at most: 16 MiB, whose product and search take some tens of milliseconds at 64 wide. */
const bandCosines = 2 ** 22;
const bandRows = 2048;

/**
 * Calls `use` with the cosines [count others] of each band in turn, which are its own until it returns: written to `place(band)`
 * where that is given, so that a whole matrix [n m] takes no copy. Rows of zeros have cosine 0 with all. `upper`: the same matrix
 * twice, each band with its own first row and those after it.
 */
export async function eachCosineBand(
  [a, b]: readonly [Float32Array, Float32Array],
  width: number,
  use: (band: Band, cosines: Float32Array) => void,
  options: CosineOptions & {
    readonly upper?: boolean;
    readonly place?: ((band: Band) => Float32Array) | undefined;
  } = {},
): Promise<void> {
  const [rows, others] = [unitFloats(a, width), a === b ? null : unitFloats(b, width)];
  const bands = bandsOf(a.length / width, b.length / width, options.upper ?? false);
  const space = options.place === undefined ? new Float32Array(sizeOf(bands[0])) : null;
  const session = await cosineSession(width);
  try {
    for (const [i, band] of bands.entries()) {
      options.signal?.throwIfAborted();
      options.onProgress?.(i, bands.length);
      const cosines = options.place?.(band) ?? (space as Float32Array).subarray(0, sizeOf(band));
      await session.run(feedsOf(rows, others ?? rows, band, width), [], {
        cosines: { data: cosines, shape: [band.count, band.others] },
      });
      use(band, cosines);
    }
  } finally {
    await session.release();
  }
}

function bandsOf(rows: number, columns: number, isUpper: boolean): Band[] {
  const each = Math.max(1, Math.min(bandRows, Math.floor(bandCosines / Math.max(1, columns))));
  return Array.from({ length: Math.ceil(rows / each) }, (_, i) => {
    const [from, otherFrom] = [i * each, isUpper ? i * each : 0];
    return { from, count: Math.min(each, rows - from), otherFrom, others: columns - otherFrom };
  });
}

function sizeOf(band: Band | undefined): number {
  return band === undefined ? 0 : band.count * band.others;
}

function feedsOf(rows: Float32Array, others: Float32Array, band: Band, width: number) {
  const { from, count, otherFrom } = band;
  return {
    rows: { data: rows.subarray(from * width, (from + count) * width), shape: [count, width] },
    others: { data: others.subarray(otherFrom * width), shape: [band.others, width] },
  };
}

function cosineSession(width: number): Promise<Session> {
  const g = new GraphBuilder('cosines', { D: width });
  g.output('cosines', g.contract(g.input('rows', 'B D'), g.input('others', 'F D'), 'B F'));
  const program = lower(g.build(), { storage: () => ({ kind: 'input' }) });
  return Session.create(program, { memory: [], keepsArena: true });
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
