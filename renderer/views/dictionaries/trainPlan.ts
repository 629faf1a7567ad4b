/** What a training would be asked, with what it takes in words; or in words what is in the way. */
import type {
  DictionaryCard,
  DictionaryKinds,
  DictionaryPlace,
  RowsFrom,
} from '../../../engine/results/dictionaries.ts';
import type { CalibrationTexts } from '../../../engine/results/importance.ts';
import type { DictionaryToTrain } from '../../../engine/results/trainDictionaries.ts';
import { usualLearningRate } from '../../../engine/results/usualLearningRate.ts';
import { formatNumber } from '../../marks/format.ts';
import { formatBytes } from '../../shell/formatBytes.ts';
import type { ModelChoice, PromptsChoice } from '../../state/workspace.ts';
import { textsOf } from '../prune/pruneSettings.ts';
import type { TrainRequest, TrainSettings } from './dictionariesSettings.ts';
import { forkedDictionaries } from './forkSettings.ts';
import type { WorkShape } from './proposedWork.ts';
import { proposedWork } from './proposedWork.ts';
import { sweepOf } from './sweepOf.ts';
import type { ChosenHeads, ReadShape } from './trainPlaces.ts';
import { placeName, placesOf, rowsPerToken, rowWidth } from './trainPlaces.ts';

export type TrainPlan =
  | { readonly kind: 'ready'; readonly request: TrainRequest; readonly words: string }
  | { readonly kind: 'problem'; readonly text: string };

export interface TrainScene {
  readonly model: ModelChoice;
  readonly shape: ReadShape & WorkShape;
  readonly kinds: DictionaryKinds;
  readonly heads: ChosenHeads;
  readonly prompts: PromptsChoice | null;
  /** Where trainings go, and the names of those that are there. */
  readonly folder: string;
  readonly taken: readonly string[];
}

/** Bytes in memory and on disk that rows may take, and rows that are shuffled together at most. */
const MEMORY = 256 * 2 ** 20;
const DISK = 2 * 2 ** 30;
const POOL = 262_144;
const HELD_OUT = 2048;
/** Measurings on held-out rows within a training: each makes controls anew and takes longer than many steps. */
const MEASURINGS = 5;
/** Runs over the tokens of recovered loss: for the mean there, as it is, and with x^, zero and the mean in its place. */
const RUNS_OF_LOSS = 5;

export function planTraining(settings: TrainSettings, scene: TrainScene): TrainPlan {
  if (settings.fork !== null) return planFork(settings, scene);
  const dictionaries = dictionariesOf(settings, scene);
  if (typeof dictionaries === 'string') return problem(dictionaries);
  const rows = rowsOf(settings, scene);
  if (typeof rows === 'string') return problem(rows);
  const name = settings.name ?? proposedName(dictionaries, scene.taken);
  if (!isFolderName(name)) return problem('A name has letters, digits, dots, dashes and underscores.');
  const { steps, batch, seed } = settings;
  const lossTokens = settings.lossTokens ?? proposedWork(scene.shape).lossTokens;
  const heldOut = heldOutOf(rows);
  const request: TrainRequest = {
    ...scene.model,
    ...{ out: `${scene.folder}/${name}`, dictionaries, rows, steps, batch, seed, lossTokens, heldOut },
    ...{ pool: POOL, memory: MEMORY, disk: DISK, measureEvery: Math.max(1, Math.round(steps / MEASURINGS)) },
    controls: settings.controls ?? proposedControls(scene),
  };
  return { kind: 'ready', request, words: estimateWords(request, scene.shape) };
}

/** Those that are made of the rows alone: a supervised dictionary is made of attributes that are known of prompts. */
export function trainableControls({ controls }: DictionaryKinds): DictionaryKinds['controls'] {
  return controls.filter(({ madeOf }) => madeOf !== 'attributes');
}

export function proposedControls({ kinds, shape }: Pick<TrainScene, 'kinds' | 'shape'>): readonly string[] {
  const { trainsControls } = proposedWork(shape);
  return trainableControls(kinds)
    .filter(({ madeOf }) => trainsControls || madeOf !== 'training')
    .map(({ id }) => id);
}

function problem(text: string): TrainPlan {
  return { kind: 'problem', text };
}

function planFork({ fork, name }: TrainSettings, { taken, folder, shape, kinds }: TrainScene): TrainPlan {
  if (fork === null) return problem('');
  const { request, steps } = fork;
  const before = request.out.split(/[/\\]/).at(-1) ?? '';
  const next = name ?? freeName(`${before.replace(/-fork(-\d+)?$/, '')}-fork`, taken);
  if (!isFolderName(next)) return problem('A name has letters, digits, dots, dashes and underscores.');
  const dictionaries = forkedDictionaries(fork, kinds);
  if (typeof dictionaries === 'string') return problem(dictionaries);
  const forked: TrainRequest = {
    ...request,
    ...{ out: `${folder}/${next}`, from: request.out, steps },
    dictionaries,
  };
  return { kind: 'ready', request: forked, words: estimateWords(forked, shape) };
}

function isFolderName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);
}

function dictionariesOf(settings: TrainSettings, scene: TrainScene): readonly DictionaryToTrain[] | string {
  const places = placesOf(settings, scene.shape, scene.heads);
  if (typeof places === 'string') return places;
  if (settings.variants.length === 0) return 'Choose a kind of dictionary.';
  const all: DictionaryToTrain[] = [];
  for (const chosen of settings.variants) {
    const info = scene.kinds.variants.find(({ id }) => id === chosen.variant);
    if (info === undefined) return `There is no kind of dictionary ${chosen.variant}.`;
    const points = sweepOf(info, chosen);
    if (typeof points === 'string') return points;
    const wide = points.find(({ settings: { k } }) => typeof k === 'number' && k > settings.features);
    if (wide !== undefined) return `k is ${String(wide.settings['k'])}, and there are ${settings.features} features.`;
    all.push(...places.flatMap((place) => points.map((point) => oneOf(settings, chosen.variant, place, point))));
  }
  return all.length > 256 ? `${all.length} dictionaries: at most 256 train together.` : withFreeNames(all);
}

function oneOf(
  { features, steps, normalisation, learningRate, seed }: TrainSettings,
  variant: string,
  place: DictionaryPlace,
  { settings, tag }: { readonly settings: DictionaryToTrain['settings']; readonly tag: string },
): DictionaryToTrain {
  const name = [placeName(place), variant, ...(tag === '' ? [] : [tag])].join('-').slice(0, 96);
  const rate = learningRate ?? usualLearningRate({ features, steps });
  return { name, variant, features, place, settings, normalisation, learningRate: rate, seed };
}

function withFreeNames(all: readonly DictionaryToTrain[]): readonly DictionaryToTrain[] {
  const names: string[] = [];
  return all.map((one) => {
    const name = freeName(one.name, names);
    names.push(name);
    return { ...one, name };
  });
}

/** Names of dictionaries and of the trainings that they are of. */
export function takenNames(cards: readonly Pick<DictionaryCard, 'name' | 'training'>[]): readonly string[] {
  return [...new Set(cards.flatMap(({ training, name }) => [name, ...(training === null ? [] : [training])]))];
}

/** `name`, else `name-2`, `name-3` ... */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let count = 2;
  while (taken.includes(`${name}-${count}`)) count++;
  return `${name}-${count}`;
}

/** `L1H0.z-topK`, of several places or variants `3-dictionaries`. */
function proposedName(dictionaries: readonly DictionaryToTrain[], taken: readonly string[]): string {
  const places = [...new Set(dictionaries.map(({ place }) => placeName(place)))];
  const variants = [...new Set(dictionaries.map(({ variant }) => variant))];
  const few = (names: readonly string[], what: string) =>
    names.length <= 2 ? names.join('-') : `${names.length}-${what}`;
  return freeName(`${few(places, 'places')}-${few(variants, 'variants')}`, taken);
}

function rowsOf(settings: TrainSettings, { shape, prompts }: TrainScene): RowsFrom | string {
  if (settings.source === 'text') return { kind: 'text', texts: trainTexts(settings, shape) };
  return prompts === null ? 'Choose prompts first, or train on text.' : { kind: 'prompts', prompts };
}

/** The text that is chosen in Train, as a request has it. */
export function trainTexts(
  settings: Pick<TrainSettings, 'documents' | 'windows' | 'length'>,
  shape: WorkShape,
): CalibrationTexts {
  return textsOf({ ...settings, windows: settings.windows ?? proposedWork(shape).windows }, shape.context);
}

/** An eighth of the tokens, no more than are needed for a number that stands still. */
function heldOutOf(rows: RowsFrom): number {
  const tokens = tokensOf(rows);
  return Math.max(16, Math.min(HELD_OUT, Math.floor((tokens ?? 8 * 256) / 8)));
}

/** Tokens that become rows: the first of a window, BOS, does not. Null for prompts, whose lengths are not known here. */
function tokensOf(rows: RowsFrom): number | null {
  return rows.kind === 'text' ? rows.texts.n * Math.max(1, rows.texts.length - 1) : null;
}

/** `16,256 rows of 64 numbers (4.2 MB); 1,000 steps of 256 read each row 16 times. 2 dictionaries of 256 features; about 1.2 MB in training.` */
function estimateWords(request: TrainRequest, shape: ReadShape): string {
  const { dictionaries, rows, steps, batch, controls } = request;
  const tokens = tokensOf(rows);
  const places = [...new Map(dictionaries.map(({ place }) => [placeName(place), place] as const)).values()];
  const kinds = places.map((place) => ({ width: rowWidth(place, shape), each: rowsPerToken(place, shape) }));
  const count = `${dictionaries.length} ${dictionaries.length === 1 ? 'dictionary' : 'dictionaries'}`;
  const bytes = dictionaries.reduce((sum, one) => sum + trainingBytes(one.features, rowWidth(one.place, shape)), 0);
  const beside = controls.length === 0 ? 'no control beside them' : `${controls.length} controls beside each`;
  const work = `${formatNumber(steps)} steps of ${formatNumber(batch)} rows`;
  const size = `${count} of ${formatNumber(dictionaries[0]?.features ?? 0)} features, ${beside}; about ${formatBytes(bytes)} in training.`;
  if (tokens === null) return `Rows are the tokens of the prompts; ${work}. ${size}`;
  const most = Math.max(...kinds.map(({ each }) => each * tokens));
  const held = kinds.reduce((sum, { width, each }) => sum + Math.min(POOL, each * tokens) * width * 4, 0);
  const times = (steps * batch) / most;
  const passes = times < 1 ? `${formatNumber(Math.round(times * 100))} % of them` : `each ${formatNumber(times)} times`;
  return `At most ${formatNumber(most)} rows of ${[...new Set(kinds.map(({ width }) => width))].join(', ')} numbers (${formatBytes(held)}); ${work} read ${passes}. ${size} ${modelWords(request, tokens)}`;
}

/** What the model is run over: what a training waits for where the model is large. */
function modelWords({ dictionaries, controls, steps, measureEvery, lossTokens }: TrainRequest, tokens: number): string {
  const read = `The model reads ${formatNumber(tokens)} tokens for rows`;
  if (lossTokens === 0) return `${read}.`;
  const runs = Math.ceil(steps / measureEvery) * dictionaries.length * (1 + controls.length);
  return `${read} and about ${formatNumber(runs * RUNS_OF_LOSS * lossTokens)} for recovered loss.`;
}

/** Weights of encoder and decoder with their biases, each beside its gradient and Adam's two moments, in float32. */
function trainingBytes(features: number, width: number): number {
  return 4 * 4 * (2 * features * width + features + width);
}
