/** Next-token loss with a dictionary's reconstructions in the model's place (Kissane et al. 2024; SAEBench, core). */
import type { Model } from '../../engine/run/index.ts';
import type { DictionaryMeasures } from '../../engine/results/dictionaries.ts';
import { intervalsOfSums } from '../../engine/tasks/intervalsOfSums.ts';
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
import type { RowLosses } from './streamLosses.ts';
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
    const rows: RowLosses[] = [];
    for (const ids of windowBatches(chosen)) {
      rows.push(...(await streamLosses(model, { ids, streams: await streamsOf(scene, ids), skip, signal })));
    }
    return dictionaries.map((_, i) => summary(rows, i));
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

/** Draws of the bootstrap: the same for all dictionaries. */
const SEED = 0;

/** Of one of the dictionaries, with 95 % intervals over windows, which are drawn again whole: their tokens hang together. */
function summary(windows: readonly RowLosses[], dictionary: number): LossRecovered {
  const own = FIRST + dictionary;
  const column = (of: 'losses' | 'kl', stream: number) => windows.map((window) => window[of][stream] ?? NaN);
  const columns = [
    windows.map(({ tokens }) => tokens),
    ...[CLEAN, own, ZERO, MEAN].map((stream) => column('losses', stream)),
    column('kl', own),
  ];
  const whole = columns.map((values) => values.reduce((sum, value) => sum + value, 0));
  const found = numbersOf(whole);
  const intervals = intervalsOfSums(columns, SEED, (sums) => names.map((name) => numbersOf(sums)[name] ?? NaN));
  const named = names.map((name, i) => [name, intervals[i] ?? null] as const);
  return { ...found, intervals: { windows: windows.length, ...(Object.fromEntries(named) as Intervals) } };
}

const names = ['clean', 'reconstructed', 'zero', 'mean', 'recovered', 'recoveredFromMean', 'kl'] as const;
type Intervals = Omit<NonNullable<LossRecovered['intervals']>, 'windows'>;

/** From sums over tokens: (zero - x^) / (zero - clean), and from the mean; null where the ends do not differ. */
function numbersOf(sums: ArrayLike<number>): Omit<LossRecovered, 'intervals'> {
  const tokens = sums[0] ?? NaN;
  const [clean, reconstructed, zero, mean, kl] = [1, 2, 3, 4, 5].map((i) => (sums[i] ?? NaN) / tokens) as Five;
  const share = (from: number) => (from === clean ? null : (from - reconstructed) / (from - clean));
  return { tokens, clean, reconstructed, zero, mean, recovered: share(zero), recoveredFromMean: share(mean), kl };
}

type Five = [number, number, number, number, number];
