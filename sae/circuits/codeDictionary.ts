/** A small dictionary of any kind, trained full-batch on the rows of a few prompts. */
import type { SettingValues, ValuesOf } from '../../engine/terms/settings.ts';
import type { Dictionary } from '../dictionary.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';
import { countOf } from '../rows.ts';
import type { BatchSource } from '../training/batches.ts';
import type { Job } from '../training/job.ts';
import { jobOf } from '../training/job.ts';
import { trainedDictionary } from '../training/trainedDictionary.ts';
import type { TrainingSettings } from '../training/trainingSettings.ts';
import { defaultTraining } from '../training/trainingSettings.ts';
import type { States } from '../training/trainSideBySide.ts';
import { startStates, trainSideBySide } from '../training/trainSideBySide.ts';
import type { Pace } from './pace.ts';

export const trainingSettings = {
  learningRate: {
    kind: 'number',
    title: 'learning rate',
    about: 'of Adam, the same at every step',
    default: 1e-3,
    range: [1e-8, 1],
  },
  steps: {
    kind: 'number',
    title: 'steps',
    about: 'each on all rows of the prompts that are trained on',
    default: 500,
    range: [1, 100_000],
    whole: true,
  },
} as const;

/** What a dictionary of codes is and how it is trained. */
export interface CodeDictionaryRequest {
  readonly variant: string;
  readonly features: number;
  /** Of the variant. */
  readonly settings: SettingValues;
  readonly training: ValuesOf<typeof trainingSettings>;
  readonly seed: number;
}

const NAME = 'discrete codes';

/** Mean writes of every head, a row a prompt and head. What is done to them before is not the dictionary's. */
export const writesInput: DictionaryInput = {
  site: 'headWrite',
  layer: null,
  head: 'each',
  rows: 'promptMean',
  valueBias: 'kept',
  centred: false,
  scale: 1,
  normalisation: 'none',
  subtractsBias: true,
};

/** Tells a piece of work a step. */
export async function trainedOnRows(rows: Rows, request: CodeDictionaryRequest, pace: Pace): Promise<Dictionary> {
  const job = codeJob(rows, request);
  const source = wholeBatch(rows);
  const start = await startStates([job], source);
  const moments = trainSideBySide([job], source, start);
  let states = start;
  for await (const moment of moments) {
    states = moment.states;
    await pace.advance();
  }
  return dictionaryOf(job, states);
}

/** The same before its first step. */
export async function untrainedOnRows(rows: Rows, request: CodeDictionaryRequest): Promise<Dictionary> {
  const job = codeJob(rows, request);
  return dictionaryOf(job, await startStates([job], wholeBatch(rows)));
}

function codeJob(rows: Rows, { variant, features, settings, training, seed }: CodeDictionaryRequest): Job {
  return jobOf({
    name: NAME,
    variant,
    size: { width: rows.width, features },
    settings,
    training: plainAdam(countOf(rows), training, seed),
    input: writesInput,
    firstColumn: 0,
  });
}

/** Adam at a constant rate without decay or clipping, no warm-up of the L1 weight, nothing for dead features. */
function plainAdam(
  rows: number,
  { steps, learningRate }: CodeDictionaryRequest['training'],
  seed: number,
): TrainingSettings {
  return {
    ...defaultTraining,
    steps,
    rows,
    seed,
    rate: { kind: 'constant', peak: learningRate, warmup: 0, floor: 1 },
    optimiser: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, clip: null },
    sparsityWarmup: 0,
  };
}

function dictionaryOf(job: Job, states: States): Dictionary {
  const state = states.get(NAME);
  if (state === undefined) throw new RangeError(`${NAME}: no state`);
  return trainedDictionary(job, state, { model: null, text: null });
}

/** All rows at every step. */
function wholeBatch(rows: Rows): BatchSource {
  return {
    width: rows.width,
    rows: countOf(rows),
    batch: () => Promise.resolve(rows.data),
    sample: (count) => Promise.resolve({ width: rows.width, data: rows.data.subarray(0, count * rows.width) }),
  };
}
