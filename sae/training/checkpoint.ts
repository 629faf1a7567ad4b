/** States of training on disk: one file that appears whole or not at all, and says what it belongs to. */
import { readFloat32 } from '../../engine/files/readTensor.ts';
import type { SafetensorsFile } from '../../engine/files/safetensors.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { TensorToWrite } from '../../engine/files/writeSafetensors.ts';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { DictionaryState } from './dictionaryState.ts';
import type { Job } from './job.ts';
import { planWeights, weightShape } from './lossGraph.ts';
import type { States } from './trainSideBySide.ts';

const kinds = ['weights', 'first', 'second'] as const;
const counters = ['sinceFired', 'density'] as const;

/** What is not in tensors: doubles survive as JSON. */
interface Scalars {
  readonly step: number;
  readonly tracked: Readonly<Record<string, number>>;
  readonly resampledAt: number | null;
}

/** Two jobs with the same text take the same steps. */
function jobText({ name, plan, input, firstColumn }: Job): string {
  const { variant, size, settings, training } = plan;
  return JSON.stringify({ name, variant: variant.id, size, settings, training, input, firstColumn });
}

/** The file before it stays until the new one is whole. Throws Fault for a value that is not finite, so that no such state is kept. */
export async function writeStates(path: string, jobs: readonly Job[], states: States): Promise<void> {
  const tensors = jobs.flatMap((job) => stateTensors(job, stateOf(states, job)));
  const bad = tensors.find(({ data }) => !(data as Float32Array).every(Number.isFinite));
  if (bad !== undefined) throw new Fault({ what: `${bad.name} is not finite`, where: path });
  const scalars = Object.fromEntries(jobs.map((job) => [job.name, scalarsOf(stateOf(states, job))]));
  const metadata = { jobs: JSON.stringify(jobs.map(jobText)), scalars: JSON.stringify(scalars) };
  await writeSafetensors(path, tensors, metadata, { overwrite: true });
}

function stateOf(states: States, { name }: Job): DictionaryState {
  const state = states.get(name);
  if (state === undefined) throw new RangeError(`checkpoint: no state of ${name}`);
  return state;
}

function stateTensors({ name }: Job, state: DictionaryState): TensorToWrite[] {
  const stored = kinds.flatMap((kind) =>
    [...state[kind]].map(([weight, data]) => [`${kind}.${weight}`, data] as const),
  );
  const counted = counters.map((counter) => [counter, state[counter]] as const);
  return [...stored, ...counted].map(([tensor, data]) => ({
    name: `${name}/${tensor}`,
    shape: [data.length],
    data,
  }));
}

function scalarsOf({ step, tracked, resampledAt }: DictionaryState): Scalars {
  return { step, tracked: Object.fromEntries(tracked), resampledAt };
}

/** Throws Fault where the file is cut short, is no such file, or belongs to other jobs. */
export async function readStates(path: string, jobs: readonly Job[]): Promise<States> {
  const file = await readSafetensors(path);
  requireSameJobs(path, file, jobs);
  const scalars = parsed<Record<string, Scalars>>(path, file.metadata['scalars']);
  const read = async (job: Job) => {
    const own = scalars[job.name];
    if (own === undefined) throw notACheckpoint(path, `scalars of ${job.name}`);
    return [job.name, await readState(path, file, job, own)] as const;
  };
  return new Map(await Promise.all(jobs.map(read)));
}

/**
 * States for jobs with other settings, rates or numbers of steps: a training that goes on from another one's, with its weights,
 * moments and counters. Throws Fault where a dictionary is not there, is of another size or kind, or has all of its steps.
 */
export async function forkedStates(path: string, jobs: readonly Job[]): Promise<States> {
  const file = await readSafetensors(path);
  const scalars = parsed<Record<string, Scalars>>(path, file.metadata['scalars']);
  const read = async (job: Job) => {
    const own = scalars[job.name];
    if (own === undefined) {
      const expected = Object.keys(scalars).join(', ');
      throw new Fault({ what: 'no dictionary of this name to go on from', where: path, expected, got: job.name });
    }
    requireStepsLeft(path, job, own);
    return [job.name, await readState(path, file, job, own)] as const;
  };
  return new Map(await Promise.all(jobs.map(read)));
}

function requireStepsLeft(path: string, { name, plan }: Job, { step }: Scalars): void {
  const { steps } = plan.training;
  if (steps > step) return;
  const expected = `more than the ${step} that ${name} has taken`;
  throw new Fault({ what: 'steps of a training that goes on from another', where: path, expected, got: String(steps) });
}

function requireSameJobs(path: string, file: SafetensorsFile, jobs: readonly Job[]): void {
  const stored = parsed<readonly string[]>(path, file.metadata['jobs']);
  const refuse = (where: string, expected: string, got: string): never => {
    throw new Fault({ what: `checkpoint of other settings: ${where}`, where: path, expected, got });
  };
  if (stored.length !== jobs.length) refuse('number of dictionaries', String(jobs.length), String(stored.length));
  jobs.forEach((job, i) => {
    const other = difference(JSON.parse(jobText(job)), parsed(path, stored[i]));
    if (other !== null) refuse(job.name, ...other);
  });
}

/** The first part in which two plain values differ, in each: `settings.k = 3`. Null where they do not. */
function difference(now: unknown, stored: unknown, at = ''): readonly [string, string] | null {
  if (isRecord(now) && isRecord(stored)) {
    for (const key of new Set([...Object.keys(now), ...Object.keys(stored)])) {
      const other = difference(now[key], stored[key], at === '' ? key : `${at}.${key}`);
      if (other !== null) return other;
    }
    return null;
  }
  const [a, b] = [JSON.stringify(now), JSON.stringify(stored)];
  return a === b ? null : [`${at} = ${a}`, `${at} = ${b}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readState(path: string, file: SafetensorsFile, job: Job, scalars: Scalars): Promise<DictionaryState> {
  const tensor = async (name: string, length: number): Promise<Float32Array> => {
    const stored = file.tensors.get(`${job.name}/${name}`);
    if (stored?.type === 'F32' && stored.shape.length === 1 && stored.shape[0] === length) return readFloat32(stored);
    const got = stored === undefined ? 'none' : `${stored.type} [${stored.shape.join(', ')}]`;
    throw notACheckpoint(path, `${job.name}/${name} as F32 [${length}]`, got);
  };
  const lengths = planWeights(job.plan).map((weight) => {
    const shape = weightShape(weight, job.plan);
    return [weight.name, shape.reduce((product, size) => product * size, 1)] as const;
  });
  const kind = async (of: string) =>
    new Map(
      await Promise.all(lengths.map(async ([name, length]) => [name, await tensor(`${of}.${name}`, length)] as const)),
    );
  const [values, first, second] = await Promise.all(kinds.map(kind));
  const counted = await Promise.all(counters.map((counter) => tensor(counter, job.plan.size.features)));
  const [sinceFired, density] = counted;
  return {
    step: scalars.step,
    weights: values as Values,
    first: first as Values,
    second: second as Values,
    sinceFired: sinceFired as Float32Array,
    density: density as Float32Array,
    tracked: new Map(Object.entries(scalars.tracked)),
    resampledAt: scalars.resampledAt,
  };
}

type Values = ReadonlyMap<string, Float32Array>;

function parsed<T>(path: string, text: string | undefined): T {
  try {
    return JSON.parse(text ?? '') as T;
  } catch {
    throw notACheckpoint(path, 'its jobs as JSON');
  }
}

function notACheckpoint(path: string, expected: string, got?: string): Fault {
  const what = 'not a checkpoint of such dictionaries';
  return new Fault({ what, where: path, expected, ...(got === undefined ? {} : { got }) });
}
