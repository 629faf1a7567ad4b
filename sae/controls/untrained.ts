/** A variant as it starts: the encoder and decoder of the first step, with thresholds that were only measured. */
import type { Dictionary } from '../dictionary.ts';
import type { BatchSource } from '../training/batches.ts';
import { DictionaryStep } from '../training/dictionaryStep.ts';
import type { DictionaryState } from '../training/dictionaryState.ts';
import type { Job } from '../training/job.ts';
import { jobRows } from '../training/job.ts';
import type { TrainedOn } from '../training/trainedDictionary.ts';
import { trainedDictionary } from '../training/trainedDictionary.ts';
import { startStates } from '../training/trainSideBySide.ts';
import type { ControlFacts } from './control.ts';

export const untrainedFacts: ControlFacts = {
  id: 'untrained',
  title: 'Untrained',
  about: 'The dictionary before its first step: a score that it reaches too says nothing about training.',
  madeOf: 'rows',
};

/** Batches over which thresholds and densities are measured. */
const batches = 8;

export async function untrained(job: Job, source: BatchSource, on: TrainedOn): Promise<Dictionary> {
  const start = (await startStates([job], source)).get(job.name) as DictionaryState;
  const program = await DictionaryStep.create(job.plan);
  let state = start;
  try {
    for (let step = 0; step < batches; step++) {
      const rows = jobRows(job, { width: source.width, data: await source.batch(step) });
      const { weights, first, second } = start;
      state = { ...(await program.run(job.plan, state, rows.data)).state, weights, first, second };
    }
  } finally {
    await program.release();
  }
  const dictionary = trainedDictionary(job, { ...state, step: 0 }, on);
  return { ...dictionary, origin: { ...dictionary.origin, made: 'control', by: `untrained ${dictionary.origin.by}` } };
}
