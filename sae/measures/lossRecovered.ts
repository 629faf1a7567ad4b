/**
 * Next-token loss with a dictionary's reconstructions in the model's place (Kissane et al. 2024; SAEBench, core). Pitfalls: zero is
 * far from anything that the model has seen, which flatters every method, so recovery from the mean stands beside it; a site that
 * hardly matters has ends that hardly differ; error and dictionary act together, so loss says nothing of single features.
 */
import type { Model } from '../../engine/run/index.ts';
import type { DictionaryMeasures } from '../../engine/results/dictionaries.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { inputRows, modelRows } from '../activations/inputRows.ts';
import { replacingEdits } from '../activations/replacingEdits.ts';
import type { TokenPlace } from '../activations/siteRows.ts';
import { captureFor, placeRows, rowForm, siteRows, windowBatches } from '../activations/siteRows.ts';
import type { Dictionary } from '../dictionary.ts';
import { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import type { Rows } from '../rows.ts';
import { streamLosses } from './streamLosses.ts';

export interface LossRequest {
  /** Positions at the start of each window that keep x and are not counted: 1 where windows begin with BOS. */
  readonly skip: number;
  /** Predicted tokens, at most; later windows are left out or cut. */
  readonly tokens: number;
  readonly signal?: AbortSignal;
}

type Windows = readonly (readonly number[])[];

/**
 * x at every position but the skipped ones, in all heads and layers that the dictionary reads, is put in place: x^, of the
 * values of the clean run; zero and the mean over tokens, both of what the dictionary reads (`inputRows`). Null where nothing
 * is predicted, and for a dictionary of means over positions, which has no x^ of a token.
 */
export async function lossRecovered(
  model: Model,
  dictionary: Dictionary,
  windows: Windows,
  { skip, tokens, signal }: LossRequest,
): Promise<DictionaryMeasures['loss']> {
  const chosen = firstTokens(windows, skip, tokens);
  if (chosen.length === 0 || dictionary.input.rows !== 'token') return null;
  const program = await DictionaryProgram.create(dictionary);
  try {
    const scene = {
      model,
      program,
      skip,
      signal,
      mean: await meanOfTokens(model, dictionary, chosen, { skip, signal }),
    };
    const total = { losses: [0, 0, 0, 0], kl: 0, tokens: 0 };
    for (const ids of windowBatches(chosen)) {
      const { losses, ...part } = await streamLosses(model, {
        ids,
        streams: await streamsOf(scene, ids),
        skip,
        signal,
      });
      total.losses = total.losses.map((sum, i) => sum + (losses[i] as number));
      total.kl += part.kl;
      total.tokens += part.tokens;
    }
    return summary(total);
  } finally {
    await program.release();
  }
}

interface Scene {
  readonly model: Model;
  readonly program: DictionaryProgram;
  readonly skip: number;
  readonly signal: AbortSignal | undefined;
  /** [perToken width] */
  readonly mean: Float32Array;
}

/** The last stream of the clean run, and with x^, zero and the mean in the place of x. */
async function streamsOf({ model, program, skip, signal, mean }: Scene, ids: Windows): Promise<Tensor[]> {
  const { input } = program.dictionary;
  const last = model.family.shape.layers - 1;
  const end = { site: 'residPost', layers: [last] } as const;
  const forward = { ids, logits: 'none', ...(signal === undefined ? {} : { signal }) } as const;
  const clean = await model.forward({ ...forward, capture: [...captureFor([input], model.family), end] });
  const tokens = tokensFrom(ids, skip);
  const x = placeRows(clean, input, tokens, model.family);
  const read = await inputRows(model, x, input);
  const { reconstruction } = await program.encode(read);
  const on = { tokens, slots: Math.max(...clean.lengths) };
  const streams = [clean.get('residPost', last)];
  for (const put of [reconstruction, filled(read, () => 0), filled(read, (i) => mean[i % mean.length] as number)]) {
    const edits = replacingEdits(await modelRows(model, put, input, x), input, on, model.family);
    streams.push((await model.forward({ ...forward, edits, capture: [end] })).get('residPost', last));
  }
  return streams;
}

function filled({ width, data }: Rows, value: (i: number) => number): Rows {
  return { width, data: data.map((_, i) => value(i)) };
}

function tokensFrom(ids: Windows, skip: number): TokenPlace[] {
  return ids.flatMap(({ length }, row) =>
    Array.from({ length: length - skip }, (_, i) => ({ row, position: skip + i })),
  );
}

/** The mean of what the dictionary reads, over tokens: of each head and layer its own. */
async function meanOfTokens(
  model: Model,
  { input }: Dictionary,
  windows: Windows,
  { skip, signal }: Pick<Scene, 'skip' | 'signal'>,
): Promise<Float32Array> {
  const { width, perToken } = rowForm(input, model.family);
  const sums = new Float64Array(width * perToken);
  let count = 0;
  const request = { windows, places: [input], skip, ...(signal === undefined ? {} : { signal }) };
  for await (const { rows, tokens } of siteRows(model, request)) {
    const { data } = await inputRows(model, rows, input);
    data.forEach((value, i) => (sums[i % sums.length] = (sums[i % sums.length] as number) + value));
    count += tokens.length;
  }
  return Float32Array.from(sums, (sum) => sum / count);
}

/** Windows that predict something, until they predict `tokens`. */
function firstTokens(windows: Windows, skip: number, tokens: number): (readonly number[])[] {
  const chosen: (readonly number[])[] = [];
  let left = tokens;
  for (const window of windows) {
    const taken = Math.min(left, window.length - 1 - skip);
    if (taken <= 0) continue;
    chosen.push(window.slice(0, skip + taken + 1));
    left -= taken;
  }
  return chosen;
}

/** (zero - x^) / (zero - clean), and from the mean. */
function summary({ losses, kl, tokens }: { losses: readonly number[]; kl: number; tokens: number }) {
  const [clean = NaN, reconstructed = NaN, zero = NaN, mean = NaN] = losses.map((sum) => sum / tokens);
  const share = (from: number) => (from === clean ? null : (from - reconstructed) / (from - clean));
  return {
    ...{ tokens, clean, reconstructed, zero, mean },
    ...{ recovered: share(zero), recoveredFromMean: share(mean), kl: kl / tokens },
  };
}
