/** Products of a matrix with itself on ONNX Runtime. */
import { GraphBuilder } from '../engine/graph/builder.ts';
import { lower } from '../engine/graph/lower.ts';
import { Session } from '../engine/run/ort.ts';
import type { Rows } from './rows.ts';
import { countOf } from './rows.ts';
import { columnsOf } from './training/batches.ts';

/** Rows and columns of one product: up to a tenth of a second of two cores. */
const [rowsAtOnce, columnsAtOnce] = [2048, 1024];

/** [D D] the mean of x x^T over rows that are less their centre. Products are float32, their sums over 2,048 rows float64. */
export async function covariance(centred: Rows, signal?: AbortSignal): Promise<Float64Array> {
  const { width } = centred;
  const matrix = new Float64Array(width * width);
  const session = await productSession();
  const starts = Array.from({ length: Math.ceil(width / columnsAtOnce) }, (_, i) => i * columnsAtOnce);
  const parts = starts.map((from): Part => ({
    from,
    rows: columnsOf(centred, from, Math.min(columnsAtOnce, width - from)),
  }));
  try {
    for (const [i, first] of parts.entries()) {
      for (const second of parts.slice(0, i + 1)) {
        const sums = await productsOf(session, first.rows, second.rows, signal);
        placeBothWays(matrix, { width, count: countOf(centred), sums }, [first, second]);
      }
    }
  } finally {
    await session.release();
  }
  return matrix;
}

/** [D F] sum over rows of x y^T */
async function productsOf(session: Session, x: Rows, y: Rows, signal: AbortSignal | undefined): Promise<Float64Array> {
  const sums = new Float64Array(x.width * y.width);
  const into = new Float32Array(sums.length);
  const place = { data: into, shape: [x.width, y.width] };
  for (let from = 0; from < countOf(x); from += rowsAtOnce) {
    signal?.throwIfAborted();
    await session.run({ x: fed(x, from), y: fed(y, from) }, [], { products: place });
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (into[i] as number);
  }
  return sums;
}

function fed({ width, data }: Rows, from: number) {
  const part = data.subarray(from * width, (from + rowsAtOnce) * width);
  return { data: part, shape: [part.length / width, width] };
}

interface Part {
  /** Its first column of all rows. */
  readonly from: number;
  readonly rows: Rows;
}

interface Sums {
  readonly width: number;
  readonly count: number;
  readonly sums: Float64Array;
}

/** Means of a block below the diagonal or on it, and its transpose. */
function placeBothWays(matrix: Float64Array, { width, count, sums }: Sums, [high, low]: readonly [Part, Part]): void {
  const columns = low.rows.width;
  for (let i = 0; i < high.rows.width; i++) {
    for (let j = 0; j < columns && low.from + j <= high.from + i; j++) {
      const [row, column] = [high.from + i, low.from + j];
      matrix[row * width + column] = matrix[column * width + row] = (sums[i * columns + j] as number) / count;
    }
  }
}

function productSession(): Promise<Session> {
  const g = new GraphBuilder('row products', {});
  g.output('products', g.contract(g.input('x', 'B D'), g.input('y', 'B F'), 'D F'));
  return Session.create(lower(g.build(), { storage: () => ({ kind: 'input' }) }), { memory: [], keepsArena: false });
}
