/** What reads the logit difference of each prompt from the stream: w [D], with the final norm's gain, and what is added by biases. */
import type { Model } from '../../run/index.ts';
import type { Prompt } from '../../tasks/task.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { dot } from './dot.ts';
import { affineOf, foldReading } from './norms.ts';
import { Products } from './products.ts';
import { readWeight } from './readWeight.ts';
import { plainUnembeddingRows } from './vocabulary.ts';

export interface AnswerDirections {
  /** By prompt, [D]: to be multiplied with the stream and divided by the final norm's divisor. */
  readonly vectors: readonly Float32Array[];
  /** By prompt, in logits. */
  readonly constants: readonly number[];
}

/**
 * w = mean of U over the answers - mean of U over the wrong answers, U with the factor of the logits, and the linear part of the
 * final norm folded in. Throws Fault for a tensor that is missing or not finite.
 */
export async function readAnswerDirections(
  model: Pick<Model, 'files' | 'family' | 'exclusive'>,
  prompts: readonly Pick<Prompt, 'answers' | 'wrong'>[],
  signal?: AbortSignal,
): Promise<AnswerDirections> {
  const { norm, bias, scale = 1 } = model.family.description.unembedding;
  const read = await tokenReader(model, prompts, signal);
  const affine = norm === null ? null : await affineOf(model.files, norm);
  const own = bias === null ? null : (await readWeight(model.files, bias)).data;
  const directions = prompts.map(({ answers, wrong }) => {
    const vector = difference(answers.map(read), wrong.map(read));
    const added = (ids: readonly number[]) => ids.reduce((sum, id) => sum + (own?.[id] ?? 0), 0) / ids.length;
    // The norm's bias comes after its gain, so it is read by what the unembedding is without the norm.
    const shift = affine?.bias ?? null;
    const constant = (shift === null ? 0 : dot(vector, shift)) + scale * (added(answers) - added(wrong));
    foldReading(vector, vector.length, norm, affine?.gain ?? null);
    return { vector, constant };
  });
  return {
    vectors: directions.map(({ vector }) => vector),
    constants: directions.map(({ constant }) => constant),
  };
}

/** Rows [D] of the unembedding. */
async function tokenReader(
  model: Pick<Model, 'files' | 'family' | 'exclusive'>,
  prompts: readonly Pick<Prompt, 'answers' | 'wrong'>[],
  signal: AbortSignal | undefined,
): Promise<(token: number) => Float32Array> {
  const tokens = [...new Set(prompts.flatMap(({ answers, wrong }) => [...answers, ...wrong]))];
  const products = new Products(model);
  const rows = await plainUnembeddingRows(model, products)
    .of(tokens, signal)
    .finally(() => products.dispose());
  const width = axisSize(rows, 'D');
  const places = new Map(tokens.map((token, i) => [token, i] as const));
  return (token) => {
    const at = (places.get(token) ?? NaN) * width;
    return rows.data.subarray(at, at + width);
  };
}

/** mean of a - mean of b */
function difference(a: readonly Float32Array[], b: readonly Float32Array[]): Float32Array {
  const width = a[0]?.length ?? 0;
  const mean = (rows: readonly Float32Array[], d: number) =>
    rows.reduce((sum, row) => sum + (row[d] as number), 0) / rows.length;
  return Float32Array.from({ length: width }, (_, d) => mean(a, d) - mean(b, d));
}
