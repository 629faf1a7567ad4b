/** A step of training, compiled once for all dictionaries of the same plan. */
import { lower } from '../../engine/graph/lower.ts';
import { parametersOf } from '../../engine/graph/graph.ts';
import type { Feed, Feeds } from '../../engine/run/ort.ts';
import { Session } from '../../engine/run/ort.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { threadsFor } from '../threads.ts';
import { biasCorrection } from '../../engine/train/adamW.ts';
import type { DictionaryState } from './dictionaryState.ts';
import { afterBatch, deadFeatures } from './dictionaryState.ts';
import type { LossPartName, Plan } from './lossGraph.ts';
import { lossPartNames, names, partName, trackedName } from './lossGraph.ts';
import { learningRateAt, sparsityAt } from './rates.ts';
import type { StepGraph } from './stepGraph.ts';
import { firstMoment, next, secondMoment, stepGraph, stepNames } from './stepGraph.ts';

/** What one step saw, before its update. */
export interface StepReport {
  /** Counted from 1: steps taken after this one. */
  readonly step: number;
  readonly loss: number;
  /** What the loss is the sum of; null: it has no such part. */
  readonly parts: Readonly<Record<LossPartName, number | null>>;
  /** Fraction of variance unexplained, of this batch. */
  readonly fvu: number;
  /** Mean number of active features. */
  readonly l0: number;
  readonly dead: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Features that started again after this step. */
  readonly resampled: number;
}

export interface StepOutcome {
  readonly state: DictionaryState;
  readonly report: StepReport;
}

/** Plans whose steps are one program: what differs between them is fed. */
export function stepKey({ variant, size, settings, training, subtractsBias }: Plan): string {
  const { optimiser, constraint, normalised, dead, decoder, frozen, rows } = training;
  const fixed = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'sparsity'));
  const shape = { optimiser, constraint, normalised, remedy: dead.remedy, decoder, frozen, rows, subtractsBias };
  return JSON.stringify([variant.id, size, fixed, shape]);
}

export class DictionaryStep {
  readonly #session: Session;
  readonly #graph: StepGraph;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  private constructor(session: Session, graph: StepGraph) {
    this.#session = session;
    this.#graph = graph;
    this.#shapes = new Map(
      parametersOf(graph.graph).map(({ name, type }) => [name, type.axes.map(({ size }) => size as number)]),
    );
  }

  static async create(plan: Plan): Promise<DictionaryStep> {
    const graph = stepGraph(plan);
    const lowered = lower(graph.graph, { storage: () => ({ kind: 'input' }) });
    const options = { memory: [], keepsArena: true, plansMemory: false, ...threadsFor(plan.training.rows, plan.size) };
    return new DictionaryStep(await Session.create(lowered, options), graph);
  }

  /** The state after one more step on a batch [B D]. The plan's key is that of the plan it was created with. */
  async run(plan: Plan, state: DictionaryState, batch: Float32Array): Promise<StepOutcome> {
    const { training, size } = plan;
    const dead = deadFeatures(state, training.dead.window);
    const rate = learningRateAt(training, state);
    const results = await this.#session.run(
      {
        [names.x]: { data: batch, shape: [training.rows, size.width] },
        [names.dead]: { data: dead, shape: [size.features] },
        [names.sparsity]: scalar(sparsityAt(plan, state.step)),
        ...this.#stateFeeds(state),
        ...stepFeeds(plan, state.step + 1, rate),
      },
      this.#outputs(),
    );
    const readings = this.#readings(results, training.rows);
    const moved = { ...this.#weights(state, results), ...afterBatch(state, readings, training.dead.window) };
    return {
      state: { ...state, ...moved, step: state.step + 1 },
      report: report(results, state.step + 1, rate, readings, dead),
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #outputs(): string[] {
    const { changing, tracked, parts } = this.#graph;
    return [
      ...[names.loss, names.error, names.variance, names.fired, stepNames.norm],
      ...tracked.map(trackedName),
      ...parts.map(partName),
      ...changing.flatMap((name) => [next(name), next(firstMoment(name)), next(secondMoment(name))]),
    ];
  }

  #stateFeeds({ weights, first, second }: DictionaryState): Feeds {
    const feed = (name: string, values: ReadonlyMap<string, Float32Array>): Feed => ({
      data: values.get(name) ?? missing(name),
      shape: this.#shapes.get(name) ?? missing(name),
    });
    const moments = this.#graph.changing.flatMap((name) => [
      [firstMoment(name), feed(name, first)],
      [secondMoment(name), feed(name, second)],
    ]);
    return Object.fromEntries([...[...this.#shapes.keys()].map((name) => [name, feed(name, weights)]), ...moments]);
  }

  /** What does not change stays the same array. */
  #weights(
    before: DictionaryState,
    results: ReadonlyMap<string, Tensor>,
  ): Pick<DictionaryState, 'weights' | 'first' | 'second'> {
    const moved = (values: ReadonlyMap<string, Float32Array>, rename: (name: string) => string) =>
      new Map([...values, ...this.#graph.changing.map((name) => [name, read(results, next(rename(name)))] as const)]);
    return {
      weights: moved(before.weights, (name) => name),
      first: moved(before.first, firstMoment),
      second: moved(before.second, secondMoment),
    };
  }

  #readings(results: ReadonlyMap<string, Tensor>, rows: number) {
    const tracked = this.#graph.tracked.map((name) => [name, read(results, trackedName(name))[0] ?? NaN] as const);
    return { fired: read(results, names.fired), tracked: new Map(tracked), rows };
  }
}

function stepFeeds({ training }: Plan, step: number, rate: number): Feeds {
  const [beta1, beta2] = training.optimiser.betas;
  return {
    [stepNames.rate]: scalar(rate),
    [stepNames.firstCorrection]: scalar(biasCorrection(beta1, step)),
    [stepNames.secondCorrection]: scalar(biasCorrection(beta2, step)),
  };
}

function report(
  results: ReadonlyMap<string, Tensor>,
  step: number,
  learningRate: number,
  { fired, rows }: { readonly fired: Float32Array; readonly rows: number },
  dead: Float32Array,
): StepReport {
  const value = (name: string) => read(results, name)[0] ?? NaN;
  const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
  return {
    step,
    loss: value(names.loss),
    parts: partsOf(results),
    fvu: value(names.error) / value(names.variance),
    l0: sum(fired) / rows,
    dead: sum(dead),
    gradientNorm: value(stepNames.norm),
    learningRate,
    resampled: 0,
  };
}

/** The parts of a loss among what a program gave. */
export function partsOf(results: ReadonlyMap<string, Tensor>): StepReport['parts'] {
  const values = lossPartNames.map((part) => [part, results.get(partName(part))?.data[0] ?? null] as const);
  return Object.fromEntries(values) as StepReport['parts'];
}

function scalar(value: number): Feed {
  return { data: new Float32Array([value]), shape: [] };
}

function read(results: ReadonlyMap<string, Tensor>, name: string): Float32Array {
  return results.get(name)?.data ?? missing(name);
}

function missing(name: string): never {
  throw new RangeError(`dictionary step: no value for ${name}`);
}
