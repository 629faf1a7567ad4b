/** Jobs over planted rows. */
import type { DictionaryInput } from '../../sae/input.ts';
import type { Job, JobRequest } from '../../sae/training/job.ts';
import { jobOf } from '../../sae/training/job.ts';
import type { BatchSource } from '../../sae/training/batches.ts';
import type { States, TrainingMoment } from '../../sae/training/trainSideBySide.ts';
import { startStates, trainSideBySide } from '../../sae/training/trainSideBySide.ts';
import type { TrainingSettings } from '../../sae/training/trainingSettings.ts';
import { defaultTraining } from '../../sae/training/trainingSettings.ts';

export const headInput: DictionaryInput = {
  site: 'z',
  layer: 1,
  head: 0,
  rows: 'token',
  valueBias: 'kept',
  centred: false,
  scale: 1,
  normalisation: 'none',
  subtractsBias: true,
};

type Asked = Partial<Omit<JobRequest, 'training'>> & { readonly training?: Partial<TrainingSettings> };

/** F = 24 on rows of 12, 40 rows a step, unless said otherwise. */
export function job(variant: string, { training, ...asked }: Asked = {}): Job {
  return jobOf({
    name: variant,
    variant,
    size: { width: 12, features: 24 },
    settings: {},
    input: headInput,
    firstColumn: 0,
    ...asked,
    training: { ...defaultTraining, rows: 40, steps: 10, sparsityWarmup: 0, ...training },
  });
}

/** All moments of a run, from its start or from states. */
export async function moments(
  jobs: readonly Job[],
  source: BatchSource,
  from?: States,
): Promise<readonly TrainingMoment[]> {
  const seen: TrainingMoment[] = [];
  for await (const moment of trainSideBySide(jobs, source, from ?? (await startStates(jobs, source))))
    seen.push({ ...moment, states: copied(moment.states) });
  return seen;
}

/** Read now, for after the next step they can't be. */
function copied(states: States): States {
  return new Map([...states].map(([name, state]) => [name, { ...state }] as const));
}

export async function trainedStates(jobs: readonly Job[], source: BatchSource, from?: States): Promise<States> {
  return ((await moments(jobs, source, from)).at(-1) as TrainingMoment).states;
}
