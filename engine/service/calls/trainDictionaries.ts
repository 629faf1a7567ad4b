/** Trains dictionaries side by side over one pass of a model's activations, with their controls beside them. */
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { DictionaryStepRow } from '../../results/trainDictionaries.ts';
import type { Model } from '../../run/index.ts';
import type { StepReport } from '../../../sae/training/dictionaryStep.ts';
import type { States, TrainingMoment } from '../../../sae/training/trainSideBySide.ts';
import { startStates, trainSideBySide } from '../../../sae/training/trainSideBySide.ts';
import type { ModelSource } from '../openModels.ts';
import { DictionaryBench } from './dictionaryBench.ts';
import type { DictionaryPlan, OnProgress } from './dictionaryPlan.ts';
import { dictionaryPlan, headerOf } from './dictionaryPlan.ts';
import { emitting } from './emitting.ts';
import { reportEvery } from './reportEvery.ts';
import type { TrainingRecord } from './trainingFolder.ts';
import { statesOf, TrainingFolder } from './trainingFolder.ts';

type Request = RequestOf<'trainDictionaries'>;
type Event = EventOf<'trainDictionaries'>;

/** How often a training is saved. */
export interface SavingPace {
  /** Milliseconds between two checkpoints, at least. */
  readonly every: number;
  /** Times as long as a checkpoint takes, at least. */
  readonly share: number;
}

export function trainDictionariesCall(
  models: ModelSource,
  pace: SavingPace = { every: 10_000, share: 20 },
): Service['trainDictionaries'] {
  return async function* trainDictionaries(request, { signal }) {
    const { model, release } = await models.lease(request, signal);
    try {
      return yield* training(model, request, pace, signal);
    } finally {
      release();
    }
  };
}

async function* training(
  model: Model,
  request: Request,
  pace: SavingPace,
  signal: AbortSignal,
): AsyncGenerator<Event, ResultOf<'trainDictionaries'>, void> {
  const beganAt = performance.now();
  const folder = new TrainingFolder(request.out);
  const plan = yield* reporting((report) => dictionaryPlan(model, request, folder.own, report, signal));
  const begun = await beginning(plan, request, folder);
  await folder.begin();
  const run = new Run(plan, { request, folder, pace, begun: begun.record, beganAt });
  const resumedAt = begun.isNew ? null : Math.min(...[...begun.states.values()].map(({ step }) => step));
  yield { kind: 'start', header: headerOf(model, request, plan), resumedAt };
  yield* allSteps(run, begun.states, signal);
  yield* run.finish(begun.states, signal);
  await plan.pools.clear();
  return {
    dictionaries: await folder.cards(plan.names),
    ...{ steps: request.steps, seconds: run.record().seconds, modelSeconds: run.record().modelSeconds },
    warnings: run.warnings(),
  };
}

/** What `work` returns, with its progress as events. */
function reporting<T>(work: (report: OnProgress) => Promise<T>): AsyncGenerator<Event, T, void> {
  return emitting<Event, T>((emit) => work((of, done, total) => emit({ kind: 'progress', of, done, total })));
}

interface Begun {
  readonly states: States;
  readonly record: TrainingRecord;
  /** Nothing was trained before. */
  readonly isNew: boolean;
}

/** Where the folder's own training was, else where another one was, else at the start. */
async function beginning(
  { jobs, pools, rows }: DictionaryPlan,
  { from }: Request,
  folder: TrainingFolder,
): Promise<Begun> {
  const all = jobs.map(({ job }) => job);
  const resumed = await folder.resume(all, rows);
  if (resumed !== null) return { ...resumed, isNew: false };
  const record = { version: 1, created: new Date().toISOString(), rows, seconds: 0, modelSeconds: 0 } as const;
  if (from !== undefined) return { states: await statesOf(from, all), record, isNew: false };
  return { states: await startStates(all, pools), record, isNew: true };
}

/** Steps until all are taken. Stopped between two of them, it leaves a checkpoint. */
async function* allSteps(run: Run, begun: States, signal: AbortSignal): AsyncGenerator<Event, void, void> {
  const { jobs, pools } = run.plan;
  const moments = trainSideBySide(
    jobs.map(({ job }) => job),
    pools,
    begun,
  );
  let [states, isWithinStep] = [begun, false];
  try {
    for (;;) {
      signal.throwIfAborted();
      const step = stepOf(states);
      if (step < run.request.steps)
        yield* reporting((report) => pools.prepare(step, (done, total) => report('rows collected', done, total)));
      isWithinStep = true;
      const next = await moments.next();
      isWithinStep = false;
      if (next.done === true) return;
      ({ states } = next.value);
      yield* run.take(next.value, signal);
    }
  } finally {
    // Also where the caller takes no more events. Not where a step failed: it would fail again at once, and what it began is gone.
    if (!isWithinStep) await run.saveRest(states).finally(() => moments.return(states));
    else await moments.return(states);
  }
}

/** Steps that all have taken. */
function stepOf(states: States): number {
  return Math.min(...[...states.values()].map(({ step }) => step));
}

interface RunOptions {
  readonly request: Request;
  readonly folder: TrainingFolder;
  readonly pace: SavingPace;
  readonly begun: TrainingRecord;
  /** Milliseconds, when this process began with it. */
  readonly beganAt: number;
}

/** What is said and kept of the steps. */
class Run {
  readonly plan: DictionaryPlan;
  readonly request: Request;
  readonly #folder: TrainingFolder;
  readonly #bench: DictionaryBench;
  readonly #pace: SavingPace;
  readonly #begun: TrainingRecord;
  readonly #beganAt: number;
  readonly #resampled = new Map<string, number>();
  /** Milliseconds at the last checkpoint, how long it took, and its step. */
  #savedAt = performance.now();
  #saveTook = 0;
  #savedStep = -1;
  #last: ReadonlyMap<string, StepReport> = new Map();

  constructor(plan: DictionaryPlan, { request, folder, pace, begun, beganAt }: RunOptions) {
    this.plan = plan;
    this.request = request;
    this.#folder = folder;
    this.#pace = pace;
    this.#bench = new DictionaryBench(plan, request);
    this.#begun = begun;
    this.#beganAt = beganAt;
  }

  record(): TrainingRecord {
    const { seconds, modelSeconds } = this.#begun;
    return {
      ...this.#begun,
      seconds: seconds + (performance.now() - this.#beganAt) / 1000,
      modelSeconds: modelSeconds + this.plan.modelSeconds() + this.#bench.modelSeconds,
    };
  }

  async *take({ step, reports, states }: TrainingMoment, signal: AbortSignal): AsyncGenerator<Event, void, void> {
    const { steps, measureEvery } = this.request;
    this.#last = reports;
    for (const [name, { resampled }] of reports)
      this.#resampled.set(name, (this.#resampled.get(name) ?? 0) + resampled);
    const isLast = step === steps;
    if (step % reportEvery(steps) === 0 || isLast) yield* this.#report(step, reports);
    if (step % measureEvery === 0 || isLast) yield* this.#bench.measure(step, states, signal);
    if (!isLast && !this.#isDue(step)) return;
    await this.#save(step, states);
    yield { kind: 'checkpoint', step };
  }

  /** What was not saved yet. */
  async saveRest(states: States): Promise<void> {
    const step = stepOf(states);
    if (step > this.#savedStep && this.#last.size > 0) await this.#save(step, states);
  }

  /** Measures where a training that goes on had taken all steps, and was stopped before their numbers were there. */
  async *finish(begun: States, signal: AbortSignal): AsyncGenerator<Event, void, void> {
    const step = stepOf(begun);
    if (step < this.request.steps || (await this.#folder.isMeasured(this.plan.names))) return;
    yield* this.#bench.measure(step, begun, signal);
    await this.#save(step, begun);
    yield { kind: 'checkpoint', step };
  }

  warnings(): string[] {
    return [...this.#last].flatMap(([name, { dead }]) => {
      const features = this.plan.jobs.find(({ job }) => job.name === name)?.job.plan.size.features ?? 0;
      return dead * 2 > features ? [`${name}: ${dead} of ${features} features are dead`] : [];
    });
  }

  *#report(step: number, reports: ReadonlyMap<string, StepReport>): Generator<Event, void, void> {
    const { seconds } = this.record();
    const dictionaries = [...reports].map(([name, report]) => rowOf(name, report, this.#resampled.get(name) ?? 0));
    this.#resampled.clear();
    yield { kind: 'step', step, dictionaries, seconds };
    yield { kind: 'progress', of: 'steps', done: step, total: this.request.steps };
  }

  /** Only at steps that are reported, so that what is counted between two reports is lost with neither. */
  #isDue(step: number): boolean {
    const wait = Math.max(this.#pace.every, this.#pace.share * this.#saveTook);
    return step % reportEvery(this.request.steps) === 0 && performance.now() - this.#savedAt > wait;
  }

  async #save(step: number, states: States): Promise<void> {
    const began = performance.now();
    const jobs = this.plan.jobs.map(({ job }) => job);
    await this.#folder.save(this.#bench.moments(step, states), jobs, states, this.record());
    this.#savedStep = step;
    this.#savedAt = performance.now();
    this.#saveTook = this.#savedAt - began;
  }
}

function rowOf(name: string, report: StepReport, resampled: number): DictionaryStepRow['dictionaries'][number] {
  const { loss, parts, fvu, l0, dead, learningRate } = report;
  const { reconstruction, sparsity, auxiliary } = parts;
  return {
    ...{ name, loss, reconstruction: reconstruction ?? loss, sparsity, auxiliary },
    // Of a batch whose rows are all the same there is nothing to explain.
    ...{ unexplained: Number.isFinite(fvu) ? fvu : 0, active: l0, dead, learningRate, resampled },
  };
}
