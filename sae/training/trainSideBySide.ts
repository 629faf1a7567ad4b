/** Several dictionaries trained over one pass of activations: other heads, other settings, controls beside them. */
import { seededRandom } from '../../engine/tensor/random.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Rows } from '../rows.ts';
import type { BatchSource } from './batches.ts';
import { DictionaryStep, stepKey } from './dictionaryStep.ts';
import type { StepReport } from './dictionaryStep.ts';
import type { DictionaryState } from './dictionaryState.ts';
import { deadFeatures, startDictionaryState } from './dictionaryState.ts';
import type { Job } from './job.ts';
import { jobRows } from './job.ts';
import { joinJudged, Judge, resampled } from './resample.ts';
import type { Plan } from './lossGraph.ts';
import { GradientStep } from './gradientStep.ts';
import { PursuitStep } from './pursuitStep.ts';
import { ReluStep } from './reluStep.ts';
import { SelectionStep } from './selectionStep.ts';
import { startWeights } from './startWeights.ts';

/** Rows that weights start from. */
const startRows = 8192;

export type States = ReadonlyMap<string, DictionaryState>;

export interface TrainingMoment {
  /** Steps taken by all that are not finished. */
  readonly step: number;
  /** By job, of those that took this step. */
  readonly reports: ReadonlyMap<string, StepReport>;
  /** By job, after this step. Weights must be read before the next moment is asked for, or can't be had any more. */
  readonly states: States;
}

/** Seeds of the parts of a run that draw. */
const seedOf = { start: 1, resample: 2 } as const;

function randomOf({ plan }: Job, part: keyof typeof seedOf, step = 0) {
  return seededRandom(plan.training.seed * 4 + seedOf[part] + 2 ** 32 * (step + 1));
}

/** States before the first step: of the same source and settings always the same. */
export async function startStates(jobs: readonly Job[], source: BatchSource): Promise<States> {
  const sample = await source.sample(startRows);
  const states = new Map<string, DictionaryState>();
  for (const job of jobs) {
    const weights = await startWeights(job.plan, jobRows(job, sample), randomOf(job, 'start'));
    states.set(job.name, startDictionaryState(weights, job.plan.size.features));
  }
  return states;
}

/**
 * Takes steps until every job has all of its own, one moment after each. What comes out depends on the states, the jobs and
 * the source alone: stopped anywhere and gone on from the states of the last moment, the dictionaries are the same, bit by bit.
 * Throws Fault for jobs whose batches are not the source's and for a loss or gradient that is not finite.
 */
export async function* trainSideBySide(
  jobs: readonly Job[],
  source: BatchSource,
  start: States,
): AsyncGenerator<TrainingMoment, States, void> {
  jobs.forEach((job) => requireRows(job, source));
  const programs = new Programs();
  let states = start;
  try {
    for (;;) {
      const left = jobs.filter((job) => stateOf(states, job).step < job.plan.training.steps);
      if (left.length === 0) return states;
      const step = Math.min(...left.map((job) => stateOf(states, job).step));
      const now = left.filter((job) => stateOf(states, job).step === step);
      const rows: Rows = { width: source.width, data: await source.batch(step) };
      const reports = new Map<string, StepReport>();
      for (const job of now) {
        const { state, report } = await takeStep(job, source, programs, stateOf(states, job), rows);
        states = new Map([...states, [job.name, state]]);
        reports.set(job.name, report);
      }
      yield { step: step + 1, reports, states };
    }
  } finally {
    await programs.release();
  }
}

function requireRows({ name, plan }: Job, source: BatchSource): void {
  if (plan.training.rows === source.rows) return;
  const expected = `${source.rows}, which all that share a pass have`;
  throw new Fault({ what: 'rows of a step', where: name, expected, got: String(plan.training.rows) });
}

function stateOf(states: States, { name }: Job): DictionaryState {
  const state = states.get(name);
  if (state === undefined) throw new RangeError(`training: no state of ${name}`);
  return state;
}

async function takeStep(job: Job, source: BatchSource, programs: Programs, before: DictionaryState, rows: Rows) {
  const program = await programs.step(job);
  const { state, report } = await program.run(job.plan, before, jobRows(job, rows).data);
  requireFinite(job, report);
  const { resampling, window } = job.plan.training.dead;
  const isDue = resampling !== null && state.step % resampling.every === 0 && state.step <= resampling.until;
  if (!isDue || !deadFeatures(state, window).includes(1)) return { state, report };
  const parts = [];
  // The batches that come next: whoever goes on from here reads the same.
  for (let i = 0; i < resampling.batches; i++) {
    const ahead: Rows = { width: source.width, data: await source.batch(state.step + i) };
    parts.push(await (await programs.judge(job)).judge(state.weights, jobRows(job, ahead)));
  }
  const renewed = resampled(job.plan, state, joinJudged(parts), randomOf(job, 'resample', state.step));
  return { state: renewed.state, report: { ...report, resampled: renewed.features.length } };
}

/** A gradient beyond float32 leaves weights that are no numbers: said at once, not at the step or the checkpoint after it. */
function requireFinite({ name }: Job, { step, loss, gradientNorm }: StepReport): void {
  for (const [what, value] of Object.entries({ loss, gradient: gradientNorm })) {
    if (Number.isFinite(value)) continue;
    const where = `${name}, step ${step}`;
    throw new Fault({ what: `${what} is not finite`, where, expected: 'a lower learning rate', got: String(value) });
  }
}

/** Compiled once for all jobs with the same program. */
class Programs {
  readonly #pursuits = new Map<string, Promise<PursuitStep>>();
  readonly #selections = new Map<string, Promise<SelectionStep>>();
  readonly #relus = new Map<string, Promise<ReluStep>>();
  readonly #gradients = new Map<string, Promise<GradientStep>>();
  readonly #steps = new Map<string, Promise<DictionaryStep>>();
  readonly #judges = new Map<string, Promise<Judge>>();

  /** The quickest that knows the plan. */
  step({ plan }: Job): Promise<PursuitStep | ReluStep | SelectionStep | GradientStep | DictionaryStep> {
    if (PursuitStep.takes(plan)) return this.#pursuit(plan);
    if (ReluStep.takes(plan)) return kept(this.#relus, stepKey(plan), () => ReluStep.create(plan));
    if (SelectionStep.takes(plan)) return kept(this.#selections, stepKey(plan), () => SelectionStep.create(plan));
    if (GradientStep.takes(plan)) return kept(this.#gradients, stepKey(plan), () => GradientStep.create(plan));
    return kept(this.#steps, stepKey(plan), () => DictionaryStep.create(plan));
  }

  judge({ plan }: Job): Promise<Judge | PursuitStep> {
    if (PursuitStep.takes(plan)) return this.#pursuit(plan);
    return kept(this.#judges, stepKey(plan), () => Judge.create(plan));
  }

  async release(): Promise<void> {
    const all = [
      ...this.#pursuits.values(),
      ...this.#selections.values(),
      ...this.#relus.values(),
      ...this.#gradients.values(),
      ...this.#steps.values(),
      ...this.#judges.values(),
    ];
    // One that could not be made has nothing to release, and must not keep the others.
    for (const made of await Promise.allSettled(all)) if (made.status === 'fulfilled') await made.value.release();
  }

  #pursuit(plan: Plan): Promise<PursuitStep> {
    return kept(this.#pursuits, stepKey(plan), () => PursuitStep.create(plan));
  }
}

function kept<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
