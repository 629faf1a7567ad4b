/**
 * The two ends of the model as rows over D: what each token puts into the stream, and what reads each logit from it. Both in
 * chunks of tokens, kept while they fit into memory and read again from the files where they don't.
 */
import type { Embedding } from '../../arch/parts/embedding.ts';
import type { Unembedding } from '../../arch/parts/unembedding.ts';
import type { Weight } from '../../arch/parts/weights.ts';
import type { Model } from '../../run/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import { arrange, relabel } from './arrange.ts';
import { affineOf, applyRows, foldReading, gainOf } from './norms.ts';
import type { Products } from './products.ts';
import { readWeight } from './readWeight.ts';

/** Values in a chunk: 32 MB. */
const CHUNK_VALUES = 8 * 2 ** 20;
/** Of one end, at most. */
const KEPT_BYTES = 2 ** 29;

export interface TokenRows {
  /** Token of the first row. */
  readonly from: number;
  /** [V D] */
  readonly rows: Tensor;
}

/** The embedding: tokens x D with the scale and the norms that the family puts on a token, and no position. */
export function embeddingRows(model: Pick<Model, 'files' | 'family'>, products: Products): Rows {
  const { description, shape } = model.family;
  return new Rows(shape.vocabulary, shape.width, (from, to) =>
    embedded(model, description.embedding, products, from, to),
  );
}

/** The unembedding: tokens x D with the factor that the family puts on logits. Its bias is left out, and so is a soft cap. */
export function plainUnembeddingRows(model: Pick<Model, 'files' | 'family'>, products: Products): Rows {
  const { description, shape } = model.family;
  return new Rows(shape.outputVocabulary, shape.width, (from, to) =>
    unembedded(model, description.unembedding, products, from, to),
  );
}

/** The same with the linear part of the final norm folded in. */
export function unembeddingRows(model: Pick<Model, 'files' | 'family'>, products: Products): Rows {
  const { description, shape } = model.family;
  const { norm } = description.unembedding;
  return new Rows(shape.outputVocabulary, shape.width, async (from, to) => {
    const rows = await unembedded(model, description.unembedding, products, from, to);
    foldReading(rows.data, shape.width, norm, await gainOf(model.files, norm));
    return rows;
  });
}

export class Rows {
  readonly tokens: number;
  readonly #read: (from: number, to: number) => Promise<Tensor>;
  readonly #size: number;
  readonly #keeps: boolean;
  readonly #kept = new Map<number, TokenRows>();

  constructor(tokens: number, width: number, read: (from: number, to: number) => Promise<Tensor>) {
    this.tokens = tokens;
    this.#read = read;
    this.#size = Math.max(1, Math.floor(CHUNK_VALUES / width));
    this.#keeps = 4 * tokens * width <= KEPT_BYTES;
  }

  /** All tokens in order. */
  async *chunks(signal?: AbortSignal): AsyncGenerator<TokenRows> {
    for (let from = 0; from < this.tokens; from += this.#size) {
      signal?.throwIfAborted();
      yield await this.#chunk(from);
    }
  }

  /** [P D]: the rows of these tokens. */
  async of(tokens: readonly number[], signal?: AbortSignal): Promise<Tensor> {
    const found = new Map<number, Float32Array>();
    for await (const { from, rows } of this.chunks(signal)) {
      const [size, width] = [axisSize(rows, 'V'), axisSize(rows, 'D')];
      for (const token of tokens) {
        const at = token - from;
        if (at >= 0 && at < size) found.set(token, rows.data.slice(at * width, (at + 1) * width));
      }
    }
    return stacked(tokens.map((token) => found.get(token) ?? missing(token)));
  }

  /** [D]: the mean over all tokens. */
  async mean(signal?: AbortSignal): Promise<Float32Array> {
    let sums = new Float64Array(0);
    for await (const { rows } of this.chunks(signal)) {
      const width = axisSize(rows, 'D');
      if (sums.length === 0) sums = new Float64Array(width);
      for (let i = 0, d = 0; i < rows.data.length; i++, d = d + 1 === width ? 0 : d + 1) {
        sums[d] = (sums[d] as number) + (rows.data[i] as number);
      }
    }
    return Float32Array.from(sums, (sum) => sum / this.tokens);
  }

  async #chunk(from: number): Promise<TokenRows> {
    const known = this.#kept.get(from);
    if (known !== undefined) return known;
    const chunk = { from, rows: await this.#read(from, Math.min(this.tokens, from + this.#size)) };
    if (this.#keeps) this.#kept.set(from, chunk);
    return chunk;
  }
}

async function embedded(
  { files, family }: Pick<Model, 'files' | 'family'>,
  { tokens, projection, scale = 1, tokenNorm, norm }: Embedding,
  products: Products,
  from: number,
  to: number,
): Promise<Tensor> {
  const { width } = family.shape;
  const rows = await widened({ files }, await tokenRows({ files }, tokens, from, to), projection ?? null, products);
  if (scale !== 1) rows.data.forEach((value, i) => (rows.data[i] = value * scale));
  for (const one of [tokenNorm ?? null, norm ?? null]) {
    if (one !== null) applyRows(rows.data, width, one, await affineOf(files, one));
  }
  return rows;
}

async function unembedded(
  { files }: Pick<Model, 'files'>,
  { weight, projection = null, scale = 1 }: Unembedding,
  products: Products,
  from: number,
  to: number,
): Promise<Tensor> {
  const rows = await widened({ files }, await tokenRows({ files }, weight, from, to), projection, products);
  if (scale !== 1) rows.data.forEach((value, i) => (rows.data[i] = value * scale));
  return rows;
}

/** [V D] or [V F]; a weight that is stored the other way round is read whole. */
async function tokenRows({ files }: Pick<Model, 'files'>, weight: Weight, from: number, to: number): Promise<Tensor> {
  const [first, second] = weight.source.axes;
  if (first?.axis === 'V') return readWeight(files, weight, [from, to]);
  const all = arrange(await readWeight(files, weight), `V ${first?.axis ?? 'D'}`);
  const width = first?.size ?? 0;
  if (second?.axis !== 'V') throw new RangeError(`${weight.name} is no table of tokens`);
  return tensor(all.data.slice(from * width, to * width), [
    { axis: 'V', size: to - from },
    { axis: first?.axis ?? 'D', size: width },
  ]);
}

/** [V F] times the projection between F and D. */
async function widened(
  { files }: Pick<Model, 'files'>,
  rows: Tensor,
  projection: Weight | null,
  products: Products,
): Promise<Tensor> {
  return projection === null ? rows : products.contract(rows, await readWeight(files, projection), 'V D');
}

function stacked(rows: readonly Float32Array[]): Tensor {
  const width = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => data.set(row, i * width));
  return relabel({ data, axes: [] }, 'P D', [rows.length, width]);
}

function missing(token: number): never {
  throw new RangeError(`no row of token ${token}`);
}
