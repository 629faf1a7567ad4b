/** Next-token loss with a dictionary's reconstructions in the model's place (Kissane et al. 2024; SAEBench, core). */
import type { Model } from '../../engine/run/index.ts';
import type { DictionaryMeasures } from '../../engine/results/dictionaries.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { inputRows, modelRows } from '../activations/inputRows.ts';
import { replacingEdits } from '../activations/replacingEdits.ts';
import type { TokenPlace } from '../activations/siteRows.ts';
import { captureFor, placeRows, rowForm, siteRows, windowBatches } from '../activations/siteRows.ts';
import type { Dictionary } from '../dictionary.ts';
import { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';
import type { MeasureFacts } from './measure.ts';
import type { StreamLosses } from './streamLosses.ts';
import { streamLosses } from './streamLosses.ts';

export const lossRecoveredFacts: MeasureFacts = {
  id: 'lossRecovered',
  title: 'Loss recovered',
  formula: '(L(zero) - L(x^)) / (L(zero) - L(x)), and the same from the mean; L: next-token loss in nats',
  pitfall:
    'Zero is far from anything that the model has seen and flatters every method: look at the mean too. Where the loss hardly rises without x the share is noise. It says nothing of single features.',
};

export interface LossRequest {
  /** Positions at the start of each window that keep x and are not counted: 1 where windows begin with BOS. */
  readonly skip: number;
  /** Predicted tokens, at most; later windows are left out or cut. */
  readonly tokens: number;
  readonly signal?: AbortSignal;
}

type Windows = readonly (readonly number[])[];

export type LossRecovered = NonNullable<DictionaryMeasures['loss']>;

/** `lossesRecovered` of one. */
export async function lossRecovered(
  model: Model,
  dictionary: Dictionary,
  windows: Windows,
  request: LossRequest,
): Promise<DictionaryMeasures['loss']> {
  return (await lossesRecovered(model, [dictionary], windows, request))[0] ?? null;
}

/**
 * x at every position but the skipped ones, in all heads and layers that a dictionary reads, is put in place: x^, of the values
 * of the clean run; zero and the mean over tokens, both of what it reads (`inputRows`). All dictionaries read the same values in
 * the same way, so that they share all runs but their own. None where nothing is predicted, and for dictionaries of means
 * over positions, which have no x^ of a token.
 */
export async function lossesRecovered(
  model: Model,
  dictionaries: readonly Dictionary[],
  windows: Windows,
  { skip, tokens, signal }: LossRequest,
): Promise<readonly LossRecovered[]> {
  const input = dictionaries[0]?.input;
  const chosen = firstTokens(windows, skip, tokens);
  if (input?.rows !== 'token' || chosen.length === 0) return [];
  const mean = await meanOfTokens(model, input, chosen, { skip, signal });
  const programs: DictionaryProgram[] = [];
  try {
    for (const dictionary of dictionaries) programs.push(await DictionaryProgram.create(dictionary));
    const scene = { model, input, programs, skip, signal, mean };
    const parts: StreamLosses[] = [];
    for (const ids of windowBatches(chosen)) {
      parts.push(await streamLosses(model, { ids, streams: await streamsOf(scene, ids), skip, signal }));
    }
    return dictionaries.map((_, i) => summary(parts, i));
  } finally {
    for (const program of programs) await program.release();
  }
}

interface Scene {
  readonly model: Model;
  readonly input: DictionaryInput;
  readonly programs: readonly DictionaryProgram[];
  readonly skip: number;
  readonly signal: AbortSignal | undefined;
  /** [perToken width] */
  readonly mean: Float32Array;
}

/** Places of streams; those with each dictionary's x^ follow. */
const [CLEAN, ZERO, MEAN, FIRST] = [0, 1, 2, 3] as const;

/** The last stream of the clean run, and with zero, the mean and each x^ in the place of x. */
async function streamsOf({ model, input, programs, skip, signal, mean }: Scene, ids: Windows): Promise<Tensor[]> {
  const last = model.family.shape.layers - 1;
  const end = { site: 'residPost', layers: [last] } as const;
  const forward = { ids, logits: 'none', ...(signal === undefined ? {} : { signal }) } as const;
  const clean = await model.forward({ ...forward, capture: [...captureFor([input], model.family), end] });
  const tokens = tokensFrom(ids, skip);
  const x = placeRows(clean, input, tokens, model.family);
  const read = await inputRows(model, x, input);
  const on = { tokens, slots: Math.max(...clean.lengths) };
  const put = async (rows: Rows) => {
    const edits = replacingEdits(await modelRows(model, rows, input, x), input, on, model.family);
    return (await model.forward({ ...forward, edits, capture: [end] })).get('residPost', last);
  };
  const streams = [clean.get('residPost', last), await put(filled(read, () => 0))];
  streams.push(await put(filled(read, (i) => mean[i % mean.length] as number)));
  for (const program of programs) streams.push(await put((await program.encode(read)).reconstruction));
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
  input: DictionaryInput,
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

/** (zero - x^) / (zero - clean), and from the mean, of one of the dictionaries. */
function summary(parts: readonly StreamLosses[], dictionary: number): LossRecovered {
  const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
  const mean = (of: 'losses' | 'kl', stream: number) =>
    parts.reduce((sum, part) => sum + (part[of][stream] ?? NaN), 0) / tokens;
  const own = FIRST + dictionary;
  const [clean, reconstructed] = [mean('losses', CLEAN), mean('losses', own)];
  const share = (from: number) => (from === clean ? null : (from - reconstructed) / (from - clean));
  const ends = { zero: mean('losses', ZERO), mean: mean('losses', MEAN) };
  return {
    ...{ tokens, clean, reconstructed, ...ends },
    ...{ recovered: share(ends.zero), recoveredFromMean: share(ends.mean), kl: mean('kl', own) },
  };
}
