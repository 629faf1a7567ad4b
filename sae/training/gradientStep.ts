/** Steps whose gradient is a graph in ONNX Runtime, and whose update is done in place by kernels: nothing but gradients is copied. */
import { gradient, gradientName } from '../../engine/graph/gradient.ts';
import { lower } from '../../engine/graph/lower.ts';
import type { Feeds } from '../../engine/run/ort.ts';
import { Session } from '../../engine/run/ort.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { Part, WeightRows } from '../steps/stepLayout.ts';
import { isKernelNorm, requireStepRoom, StepMemory } from '../steps/stepMemory.ts';
import { threadsFor } from '../threads.ts';
import { planConstraints } from './constraints.ts';
import type { StepOutcome } from './dictionaryStep.ts';
import { partsOf } from './dictionaryStep.ts';
import type { DictionaryState } from './dictionaryState.ts';
import { afterBatch, deadFeatures } from './dictionaryState.ts';
import type { WeightSource } from './liveState.ts';
import { liveState } from './liveState.ts';
import type { LossGraph, LossPartName, Plan } from './lossGraph.ts';
import { changing, lossGraph, names, partName, planWeights, trackedName, weightShape } from './lossGraph.ts';
import { learningRateAt, sparsityAt } from './rates.ts';
import { updateRules } from './updateRules.ts';

export class GradientStep {
  readonly #session: Session;
  readonly #tracked: readonly string[];
  readonly #trained: readonly string[];
  readonly #parts: readonly LossPartName[];
  /** The memory that holds a state's values, while it is the newest of its dictionary. */
  readonly #memories = new WeakMap<DictionaryState, GradientMemory>();

  private constructor(session: Session, { tracked, parts }: LossGraph, trained: readonly string[]) {
    this.#session = session;
    this.#tracked = tracked;
    this.#parts = parts;
    this.#trained = trained;
  }

  /** Are all its constraints such as the kernels know, and its rows whole vectors? */
  static takes(plan: Plan): boolean {
    const constraints = planConstraints(plan);
    return planWeights(plan).every((weight) => {
      const rule = constraints.get(weight.name);
      const isKnown =
        rule === undefined ||
        rule.constraint === 'free' ||
        (isKernelNorm(rule.constraint) && weight.axes.endsWith(rule.along) && (rule.radius ?? 1) === 1);
      return isKnown && (weightShape(weight, plan).at(-1) ?? 0) % 4 === 0;
    });
  }

  /** Throws Fault for a plan whose weights, moments and gradients do not fit into memory. */
  static requireRoom(plan: Plan): void {
    requireStepRoom(
      planWeights(plan).map((weight) => rowsOf([weight.name, weightShape(weight, plan)])),
      {},
    );
  }

  static async create(plan: Plan): Promise<GradientStep> {
    const loss = lossGraph(plan);
    const trained = changing(plan);
    const differentiated = gradient(loss.graph, names.loss, trained, { mayStretch: () => false });
    const unread: readonly string[] = [names.reconstruction, names.rowErrors];
    const outputs = new Map([...differentiated.outputs].filter(([name]) => !unread.includes(name)));
    const lowered = lower({ ...differentiated, outputs }, { storage: () => ({ kind: 'input' }) });
    const options = { memory: [], keepsArena: true, plansMemory: false, ...threadsFor(plan.training.rows, plan.size) };
    return new GradientStep(await Session.create(lowered, options), loss, trained);
  }

  /** The state after one more step on a batch [B D]. The plan's key is that of the plan it was created with. */
  async run(plan: Plan, state: DictionaryState, batch: Float32Array): Promise<StepOutcome> {
    const { training, size } = plan;
    const memory = this.#memoryOf(plan, state);
    const dead = deadFeatures(state, training.dead.window);
    const rate = learningRateAt(training, state);
    const feeds: Feeds = {
      [names.x]: { data: batch, shape: [training.rows, size.width] },
      [names.dead]: { data: dead, shape: [size.features] },
      [names.sparsity]: { data: new Float32Array([sparsityAt(plan, state.step)]), shape: [] },
      ...memory.feeds(),
    };
    const results = await this.#session.run(feeds, this.#outputs(), memory.gradients(this.#trained));
    const gradientNorm = memory.update(rate, state.step + 1);
    const fired = read(results, names.fired);
    const tracked = new Map(this.#tracked.map((name) => [name, scalar(results, trackedName(name))] as const));
    const counted = afterBatch(state, { fired, tracked, rows: training.rows }, training.dead.window);
    const { resampledAt } = state;
    const next = liveState(memory, { ...counted, step: state.step + 1, resampledAt });
    this.#memories.set(next, memory);
    const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
    return {
      state: next,
      report: {
        ...{ step: state.step + 1, gradientNorm, learningRate: rate, resampled: 0 },
        loss: scalar(results, names.loss),
        parts: partsOf(results),
        fvu: scalar(results, names.error) / scalar(results, names.variance),
        l0: sum(fired) / training.rows,
        dead: sum(dead),
      },
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #outputs(): string[] {
    const { loss, error, variance, fired } = names;
    return [...[loss, error, variance, fired], ...[...this.#tracked.map(trackedName), ...this.#parts.map(partName)]];
  }

  /** The memory that the step before left, or a new one with the state's values. */
  #memoryOf(plan: Plan, state: DictionaryState): GradientMemory {
    const found = this.#memories.get(state);
    if (found !== undefined && found.holds(state)) return found;
    return new GradientMemory(plan, state);
  }
}

function read(results: ReadonlyMap<string, Tensor>, name: string): Float32Array {
  const found = results.get(name);
  if (found === undefined) throw new RangeError(`gradient step: no value for ${name}`);
  return found.data;
}

function scalar(results: ReadonlyMap<string, Tensor>, name: string): number {
  return read(results, name)[0] ?? NaN;
}

/** One dictionary's values. */
class GradientMemory implements WeightSource {
  version = 0;
  readonly #plan: Plan;
  readonly #memory: StepMemory<never>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  #step: number;

  constructor(plan: Plan, state: DictionaryState) {
    this.#plan = plan;
    this.#shapes = new Map(planWeights(plan).map((weight) => [weight.name, weightShape(weight, plan)] as const));
    this.#memory = new StepMemory([...this.#shapes].map(rowsOf), {});
    this.#step = state.step;
    for (const [part, values] of [
      ['weight', state.weights],
      ['first', state.first],
      ['second', state.second],
    ] as const) {
      for (const [name, data] of values) this.#memory.view(part, name).set(data);
    }
  }

  holds({ step }: DictionaryState): boolean {
    return this.#step === step;
  }

  read(part: Exclude<Part, 'gradient'>): ReadonlyMap<string, Float32Array> {
    return new Map([...this.#shapes.keys()].map((name) => [name, this.#memory.view(part, name).slice()]));
  }

  feeds(): Feeds {
    const entries = [...this.#shapes].map(([name, shape]) => [
      name,
      { data: this.#memory.view('weight', name), shape },
    ]);
    return Object.fromEntries(entries) as Feeds;
  }

  /** Where the gradients of these weights are written. */
  gradients(trained: readonly string[]): Feeds {
    const place = (name: string) => ({
      data: this.#memory.view('gradient', name),
      shape: this.#shapes.get(name) ?? [],
    });
    return Object.fromEntries(trained.map((name) => [gradientName(name), place(name)]));
  }

  update(rate: number, step: number): number {
    const { optimiser } = this.#plan.training;
    const norm = this.#memory.update({ rules: updateRules(this.#plan), optimiser, rate, step });
    this.version += 1;
    this.#step = step;
    return norm;
  }
}

function rowsOf([name, shape]: readonly [name: string, shape: readonly number[]]): WeightRows {
  const length = shape.at(-1) ?? 1;
  return { name, rows: shape.slice(0, -1).reduce((product, size) => product * size, 1), length };
}
