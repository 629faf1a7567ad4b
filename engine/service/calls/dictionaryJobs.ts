/** Dictionaries that are asked for, as jobs of training: what one setting of a request means in full. */
import type { DictionaryToTrain } from '../../results/trainDictionaries.ts';
import { Fault } from '../../terms/fault.ts';
import type { PlaceColumns } from '../../../sae/activations/placeColumns.ts';
import { frozenDecoder, frozenDecoderFacts } from '../../../sae/controls/frozenDecoder.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { checkInput } from '../../../sae/input.ts';
import type { Rows } from '../../../sae/rows.ts';
import { averageNormScale } from '../../../sae/rows.ts';
import { columnsOf } from '../../../sae/training/batches.ts';
import type { Job, JobRequest } from '../../../sae/training/job.ts';
import { jobOf } from '../../../sae/training/job.ts';
import type { DeadFeatures, TrainingSettings } from '../../../sae/training/trainingSettings.ts';
import { defaultTraining } from '../../../sae/training/trainingSettings.ts';

type Place = DictionaryToTrain['place'];
export type Remedy = NonNullable<DictionaryToTrain['remedy']>;

/** Id of the control that is trained along with its dictionary. */
export const FROZEN = frozenDecoderFacts.id;

/** Folder of a control, and its name in events. */
export function controlName(dictionary: string, control: string): string {
  return `${dictionary}.${control}`;
}

export interface JobsAsked {
  readonly dictionaries: readonly DictionaryToTrain[];
  /** Of each, and rows of a step. */
  readonly steps: number;
  readonly batch: number;
  readonly controls: readonly string[];
}

/** A job, and the name of the dictionary that it is a control of. */
export interface TrainedJob {
  readonly job: Job;
  readonly of: string | null;
}

/** Each place once, in the order of the dictionaries. */
export function placesOf(dictionaries: readonly DictionaryToTrain[]): readonly Place[] {
  const found = new Map(dictionaries.map(({ place }) => [keyOf(place), place] as const));
  return [...found.values()];
}

function keyOf({ site, layer, head }: Place): string {
  return JSON.stringify([site, layer, head]);
}

/** Throws Fault for parts of a place that don't go together. */
export function checkPlaces(dictionaries: readonly DictionaryToTrain[]): void {
  for (const { name, place, normalisation } of dictionaries) checkInput(inputOf(place, normalisation, 1), name);
}

/**
 * Jobs in the order of the dictionaries, each followed by its control with a frozen decoder where that is asked for. `sample`:
 * rows of all places, which scales are measured on. Throws Fault as `jobOf` does.
 */
export function jobsOf(asked: JobsAsked, sample: Rows, { columns }: PlaceColumns): readonly TrainedJob[] {
  const places = placesOf(asked.dictionaries).map(keyOf);
  return asked.dictionaries.flatMap((dictionary) => {
    const column = columns[places.indexOf(keyOf(dictionary.place))] as PlaceColumns['columns'][number];
    const request = requestOf(dictionary, asked, column, columnsOf(sample, column.first, column.width));
    const trained: TrainedJob = { job: jobOf(request), of: null };
    if (!asked.controls.includes(FROZEN)) return [trained];
    const frozen = jobOf({ ...frozenDecoder(request), name: controlName(dictionary.name, FROZEN) });
    return [trained, { job: frozen, of: dictionary.name }];
  });
}

function requestOf(
  dictionary: DictionaryToTrain,
  asked: JobsAsked,
  column: PlaceColumns['columns'][number],
  sample: Rows,
): JobRequest {
  const { name, variant, features, place, settings, normalisation } = dictionary;
  const scale = normalisation === 'averageNorm' ? averageNormScale(sample) : 1;
  if (!Number.isFinite(scale))
    throw new Fault({ what: 'activations that are all 0', where: name, expected: 'values to scale' });
  const size = { width: column.width, features };
  const input = inputOf(place, normalisation, scale);
  return {
    name,
    variant,
    size,
    settings,
    training: trainingOf(dictionary, asked, size.width),
    input,
    firstColumn: column.first,
  };
}

/** Rows of tokens as the model gives them: the value bias kept, no mean over D taken away. */
function inputOf(place: Place, normalisation: DictionaryToTrain['normalisation'], scale: number): DictionaryInput {
  return {
    ...place,
    rows: 'token',
    valueBias: 'kept',
    centred: false,
    scale,
    normalisation: normalisation === 'averageNorm' ? 'none' : normalisation,
    subtractsBias: true,
  };
}

function trainingOf(
  { learningRate, seed, archetypal, variant, features, remedy }: DictionaryToTrain,
  { steps, batch }: JobsAsked,
  width: number,
): TrainingSettings {
  const { rate } = defaultTraining;
  const usual = archetypal === undefined ? usualRemedy(variant) : archetypalRemedy(variant);
  return {
    ...defaultTraining,
    ...{ steps, rows: batch, seed },
    rate: { ...rate, peak: learningRate, warmup: Math.min(rate.warmup, Math.floor(steps / 10)) },
    // Over the first twentieth (spec E.4).
    sparsityWarmup: Math.round(steps / 20),
    dead: deadFeatures(remedy ?? usual, { steps, batch, width, features }),
    decoder: archetypal === undefined ? { kind: 'free' } : { kind: 'archetypal', ...archetypal },
  };
}

/** What each variant's authors do; features of those without a decoder of directions start again like centres of clusters. */
const usualRemedies: Readonly<Record<string, Remedy>> = {
  standard: 'resample',
  gated: 'resample',
  topK: 'auxK',
  batchTopK: 'auxK',
  matryoshka: 'auxK',
  jumpReLU: 'none',
  matchingPursuit: 'resample',
  discrete: 'none',
  vectorQuantised: 'resample',
  topOne: 'auxK',
};

function usualRemedy(variant: string): Remedy {
  return usualRemedies[variant] ?? 'none';
}

/** Mixtures of anchors can't start again from a row. */
function archetypalRemedy(variant: string): Remedy {
  const remedy = usualRemedy(variant);
  return remedy === 'resample' ? 'none' : remedy;
}

interface DeadAsked {
  readonly steps: number;
  readonly batch: number;
  readonly width: number;
  readonly features: number;
}

/** Rows without activity after which a feature is dead, at most. */
const longestWindow = 100_000;

/** A twentieth of what a training sees, but ten steps at least. Rules of Gao et al. 2024, Bricken et al. 2023, Overcomplete. */
function deadFeatures(remedy: Remedy, { steps, batch, width, features }: DeadAsked): DeadFeatures {
  const window = Math.min(longestWindow, Math.max(10 * batch, Math.floor((steps * batch) / 20)));
  const plain = { window, remedy: { kind: 'none' }, resampling: null } as const;
  switch (remedy) {
    case 'none':
      return plain;
    case 'auxK':
      return {
        ...plain,
        remedy: { kind: 'auxK', count: Math.min(features, Math.max(1, Math.floor(width / 2))), weight: 1 / 32 },
      };
    case 'ghost':
      return { ...plain, remedy: { kind: 'ghost', weight: 1 } };
    case 'push':
      return { ...plain, remedy: { kind: 'push', weight: 1e-2 } };
    case 'resample':
      return { ...plain, resampling: resamplingOver(steps) };
  }
}

/** Ten times in the first four fifths; the rate comes back over a fiftieth of the steps. */
function resamplingOver(steps: number): NonNullable<DeadFeatures['resampling']> {
  const until = Math.floor(steps * 0.8);
  return {
    every: Math.max(1, Math.floor(until / 10)),
    until,
    batches: 4,
    encoderScale: 0.2,
    recovery: Math.ceil(steps / 50),
  };
}
