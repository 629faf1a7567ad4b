/** What norms divide by on an ordinary text: to say what a direction does beyond a norm that it does not move. */
import type { Model } from '../../engine/run/index.ts';
import { readOutput } from '../../engine/scores/weights/headMatrices.ts';
import { readWeight } from '../../engine/scores/weights/readWeight.ts';
import { spreadOf } from '../../engine/scores/weights/norms.ts';
import { plainText } from '../../engine/tasks/text/index.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';

export interface MeanScale {
  /** Mean of 1 / s over tokens, s what the norm divides by. */
  readonly value: number;
  /** `at its mean scale on 255 tokens of a story`, or that there is no text to take it from. */
  readonly how: string;
}

export type NormPlace = { readonly after: 'attention'; readonly layer: number } | { readonly after: 'last' };

const TOKENS = 256;
/** Of each open model: it is the same for every feature. */
const known = new WeakMap<Model, Map<string, Promise<MeanScale>>>();

/** Of the norm after a layer's attention, or of the last one. The first token is left out: its stream is of another size in many models. */
export function meanInverseSpread(model: Model, place: NormPlace): Promise<MeanScale> {
  const ofModel = known.get(model) ?? new Map<string, Promise<MeanScale>>();
  known.set(model, ofModel);
  const key = JSON.stringify(place);
  const found = ofModel.get(key) ?? measure(model, place);
  ofModel.set(key, found);
  found.catch(() => ofModel.delete(key));
  return found;
}

async function measure(model: Model, place: NormPlace): Promise<MeanScale> {
  const ids = storyIds(model);
  if (ids === null)
    return { value: 1, how: 'with a divisor of 1: the model came without a tokenizer, so no text tells' };
  const vectors = place.after === 'last' ? await lastStream(model, ids) : await beforeNorm(model, ids, place.layer);
  const norm =
    place.after === 'last'
      ? model.family.description.unembedding.norm
      : model.family.description.block(place.layer).attention.outNorm;
  if (norm === null || norm === undefined) return { value: 1, how: 'as there is no norm' };
  const rest = vectors.length > 1 ? vectors.slice(1) : vectors;
  const value = rest.reduce((sum, vector) => sum + 1 / spreadOf(vector, norm), 0) / rest.length;
  return { value, how: `at its mean scale on ${rest.length} tokens of stories` };
}

function storyIds(model: Model): readonly number[] | null {
  if (model.tokenizerReason !== null) return null;
  const random = seededRandom(0);
  const length = Math.min(TOKENS, model.family.shape.context);
  let text = plainText(random, 'story');
  while (model.tokenizer.encode(text).length < length) text = `${text} ${plainText(random, 'story')}`;
  return model.tokenizer.encode(text).slice(0, length);
}

async function lastStream(model: Model, ids: readonly number[]): Promise<Float32Array[]> {
  const layer = model.family.shape.layers - 1;
  const found = await model.forward({ ids: [ids], capture: [{ site: 'residPost', layers: [layer] }], logits: 'none' });
  return rowsOf(found.get('residPost', layer), model.family.shape.width);
}

/** z W_O and the bias: what attention gives before its norm. */
async function beforeNorm(model: Model, ids: readonly number[], layer: number): Promise<Float32Array[]> {
  const found = await model.forward({ ids: [ids], capture: [{ site: 'z', layers: [layer] }], logits: 'none' });
  const out = await readOutput(model, layer);
  const { bias } = model.family.description.block(layer).attention.part.out;
  const own = bias === null ? null : (await readWeight(model.files, bias)).data;
  const width = axisSize(out, 'D');
  return rowsOf(found.get('z', layer), out.data.length / width).map((z) => {
    const sum = Float64Array.from({ length: width }, (_, d) => own?.[d] ?? 0);
    z.forEach((value, h) => {
      for (let d = 0; d < width; d++) sum[d] = (sum[d] as number) + value * (out.data[h * width + d] as number);
    });
    return Float32Array.from(sum);
  });
}

function rowsOf({ data }: Tensor, width: number): Float32Array[] {
  return Array.from({ length: data.length / width }, (_, row) => data.subarray(row * width, (row + 1) * width));
}
