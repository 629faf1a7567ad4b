/**
 * W6 to W8. How much a later head reads of what an earlier one writes (Elhage et al. 2021, composition scores):
 *
 *     Q  ||W_OV^a W_QK^b|| / (||W_OV^a|| ||W_QK^b||)     K  the same with W_QK^b transposed     V  with W_OV^b
 *
 * in Frobenius norms, a in an earlier layer than b, W_OV = W_V W_O, W_QK = W_Q W_K^T, both D x D and never made: the norm of V X K with
 * X = O Q^T [H H] is sum (V V^T X) . (X K K^T).
 */
import type { Value } from '../../graph/value.ts';
import type { Model } from '../../run/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { relabel } from './arrange.ts';
import type { HeadMatrices } from './headMatrices.ts';
import { perQueryHead, readHeadMatrices, requireAddedStream } from './headMatrices.ts';
import type { SmallGraph } from './products.ts';
import { outputOf, Products } from './products.ts';

export interface CompositionLayer {
  /** Of the reading heads. */
  readonly layer: number;
  /** Heads of all earlier layers, layer by layer. */
  readonly writers: number;
  /** [reading head, writer] */
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
}

/** Matrices of writers that are kept; those beyond are read again for each later layer. */
const KEPT_BYTES = 2 ** 29;

/**
 * What any two matrices have on average when one is turned at random: E ||A U B||^2 = ||A||^2 ||B||^2 / D for U uniform over
 * rotations, whatever A and B are, so 1 / sqrt(D) as a root mean square.
 */
export function randomComposition({ family }: Pick<Model, 'family'>): number {
  return 1 / Math.sqrt(family.shape.width);
}

/** Layers from the second on. Throws Fault for a family whose stream is not only added to. */
export async function* composition(model: Model, signal?: AbortSignal): AsyncGenerator<CompositionLayer> {
  requireAddedStream(model, 'composition between heads');
  const products = new Products(model);
  const writers = new Writers(model, products);
  try {
    for (let layer = 1; layer < model.family.shape.layers; layer++) {
      const readers = await readersOf(await readHeadMatrices(model, layer), products);
      yield await composed(layer, readers, writers, products, signal);
    }
  } finally {
    await products.dispose();
  }
}

/** One way in which heads read the stream: rows [R F D], and the same rows times the Gram matrix of what they are multiplied by. */
interface Reader {
  readonly rows: Tensor;
  readonly weighted: Tensor;
  /** [R]: Frobenius norm of the whole product. */
  readonly norms: readonly number[];
}

interface Writer {
  /** O [N H D] */
  readonly rows: Tensor;
  /** V V^T O [N H D] */
  readonly weighted: Tensor;
  /** [N]: ||W_OV|| */
  readonly norms: readonly number[];
}

/** sum over both head widths of (G_a O_a B^T) . (O_a (G_b B)^T), [N R]: the squared norm of each writer through each reader. */
const squares: SmallGraph = {
  name: 'composition',
  inputs: { write: 'N H D', weightedWrite: 'N H D', read: 'R F D', weightedRead: 'R F D' },
  build: (g, inputs) => {
    const { write, weightedWrite, read, weightedRead } = inputs as Record<string, Value> as Inputs;
    const left = g.contract(weightedWrite, read, 'N H R F');
    return { squares: g.sum(g.multiply(left, g.contract(write, weightedRead, 'N H R F')), 'H F') };
  },
};
type Inputs = { readonly [K in 'write' | 'weightedWrite' | 'read' | 'weightedRead']: Value };

async function composed(
  layer: number,
  readers: Readers,
  writers: Writers,
  products: Products,
  signal: AbortSignal | undefined,
): Promise<CompositionLayer> {
  const heads = readers.q.norms.length;
  const found = {
    q: new Float32Array(heads * layer * heads),
    k: new Float32Array(heads * layer * heads),
    v: new Float32Array(heads * layer * heads),
  };
  for (let from = 0; from < layer; from++) {
    signal?.throwIfAborted();
    const writer = await writers.of(from);
    for (const input of ['q', 'k', 'v'] as const) {
      await fill(found[input], from * heads, layer * heads, readers[input], writer, products);
    }
  }
  return { layer, writers: layer * heads, ...found };
}

/** The scores of one layer's writers into rows of `width`, at column `at`. */
async function fill(
  into: Float32Array,
  at: number,
  width: number,
  reader: Reader,
  writer: Writer,
  products: Products,
): Promise<void> {
  const found = await products.run(squares, {
    ...{ write: writer.rows, weightedWrite: writer.weighted },
    ...{ read: reader.rows, weightedRead: reader.weighted },
  });
  const { data } = outputOf(found, 'squares');
  const readers = reader.norms.length;
  for (const [n, written] of writer.norms.entries()) {
    for (const [r, reads] of reader.norms.entries()) {
      const square = Math.max(0, data[n * readers + r] as number);
      into[r * width + at + n] = written === 0 || reads === 0 ? 0 : Math.sqrt(square) / (written * reads);
    }
  }
}

type Readers = { readonly [K in 'q' | 'k' | 'v']: Reader };

/** W_QK read by its queries and by its keys, W_OV by its values; keys and values are those of the head's group. */
async function readersOf({ queries, keys, values, out }: HeadMatrices, products: Products): Promise<Readers> {
  const heads = axisSize(queries, 'N');
  const [k, v] = [perQueryHead(keys, heads), perQueryHead(values, heads)];
  const grams = {
    queries: await gram(queries, products),
    keys: await gram(k, products),
    out: await gram(out, products),
  };
  return {
    q: asReader(await weighted(queries, grams.keys, products)),
    k: asReader(await weighted(k, grams.queries, products)),
    v: asReader(await weighted(v, grams.out, products)),
  };
}

function asReader({ rows, weighted: times, norms }: Writer): Reader {
  const sizes = [axisSize(rows, 'N'), axisSize(rows, 'H'), axisSize(rows, 'D')];
  return { rows: relabel(rows, 'R F D', sizes), weighted: relabel(times, 'R F D', sizes), norms };
}

class Writers {
  readonly #model: Model;
  readonly #products: Products;
  readonly #kept = new Map<number, Writer>();
  readonly #most: number;

  constructor(model: Model, products: Products) {
    this.#model = model;
    this.#products = products;
    const { heads, headWidth, width } = model.family.shape;
    this.#most = Math.floor(KEPT_BYTES / (8 * heads * headWidth * width));
  }

  async of(layer: number): Promise<Writer> {
    const known = this.#kept.get(layer);
    if (known !== undefined) return known;
    const { values, out } = await readHeadMatrices(this.#model, layer);
    const own = perQueryHead(values, axisSize(out, 'N'));
    const writer = await weighted(out, await gram(own, this.#products), this.#products);
    if (this.#kept.size < this.#most) this.#kept.set(layer, writer);
    return writer;
  }
}

/** [N H F]: rows times rows of each head, F as H. */
function gram(x: Tensor, products: Products): Promise<Tensor> {
  const sizes = [axisSize(x, 'N'), axisSize(x, 'H'), axisSize(x, 'D')];
  return products.contract(x, relabel(x, 'N F D', sizes), 'N H F');
}

/** G X of each head, and the norm of the product whose Gram matrix G is: sqrt(sum G . X X^T). */
async function weighted(rows: Tensor, grams: Tensor, products: Products): Promise<Writer> {
  const sizes = [axisSize(rows, 'N'), axisSize(rows, 'H'), axisSize(rows, 'D')];
  const times = await products.contract(grams, relabel(rows, 'N F D', sizes), 'N H D');
  return { rows, weighted: times, norms: normsOf(rows, times) };
}

/** sqrt(sum X . G X), one number a head. */
function normsOf(rows: Tensor, times: Tensor): number[] {
  const heads = axisSize(rows, 'N');
  const size = rows.data.length / heads;
  return Array.from({ length: heads }, (_, n) => {
    let sum = 0;
    for (let i = n * size; i < (n + 1) * size; i++) sum += (rows.data[i] as number) * (times.data[i] as number);
    return Math.sqrt(Math.max(0, sum));
  });
}
