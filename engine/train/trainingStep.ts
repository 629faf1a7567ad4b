/**
 * One training step as one program: loss, gradient, clipping and AdamW in a single graph run by ONNX Runtime.
 * Weights and moments go in as inputs and come out as outputs; what comes out is fed to the next step as it is.
 */
import type { Family } from '../arch/architecture.ts';
import { gradient, gradientName } from '../graph/gradient.ts';
import type { Graph } from '../graph/graph.ts';
import { parametersOf } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { lower } from '../graph/lower.ts';
import type { Value } from '../graph/value.ts';
import { axisNames } from '../graph/value.ts';
import type { Batch } from '../run/batch.ts';
import { keyPositionsFeed, maskFeed, positionsFeed, rotaryFeeds } from '../run/batch.ts';
import type { Feed, Feeds } from '../run/ort.ts';
import { Session } from '../run/ort.ts';
import type { AdamWSettings } from './adamW.ts';
import { adamW, biasCorrection, clipFactor, decays, gradientNorm } from './adamW.ts';
import { crossEntropy } from './losses.ts';
import type { BatchShape, TrainedWeight } from './modelGraph.ts';
import { inputNames, modelGraph } from './modelGraph.ts';
import type { TrainingState } from './state.ts';
import type { TokenBatch } from './tokens.ts';

const names = {
  targets: 'targets',
  lossWeights: 'lossWeights',
  rate: 'learningRate',
  first: 'firstCorrection',
  second: 'secondCorrection',
  loss: 'loss',
  norm: 'gradientNorm',
} as const;

const firstMoment = (weight: string) => `first.${weight}`;
const secondMoment = (weight: string) => `second.${weight}`;
const next = (name: string) => `next.${name}`;

export interface StepResult {
  readonly state: TrainingState;
  /** Weighted cross entropy before the update, in nats. */
  readonly loss: number;
  /** Length of the whole gradient before clipping. */
  readonly gradientNorm: number;
}

export interface StepGraph {
  readonly graph: Graph;
  readonly weights: readonly TrainedWeight[];
}

/** The step's graph: outputs `loss`, `gradientNorm`, and `next.*` of every weight and moment. */
export function stepGraph(family: Family, shape: BatchShape, settings: AdamWSettings): StepGraph {
  const { g: forward, logits, weights } = modelGraph(family, shape);
  const targets = forward.input(names.targets, 'B P', 'int64');
  const lossWeights = forward.input(names.lossWeights, 'B P');
  forward.output(names.loss, crossEntropy(forward, logits, targets, lossWeights));
  const stored = weights.map(({ name }) => name);
  // Every axis has a fixed size: nothing is stretched without the types saying so.
  const differentiated = gradient(forward.build(), names.loss, stored, { mayStretch: () => false });
  return { graph: withUpdate(differentiated, weights, settings), weights };
}

function withUpdate(graph: Graph, weights: readonly TrainedWeight[], settings: AdamWSettings): Graph {
  const g = GraphBuilder.from(graph, graph.name, (name) => !name.startsWith(gradientName('')));
  const scalars = {
    learningRate: g.input(names.rate, ''),
    firstCorrection: g.input(names.first, ''),
    secondCorrection: g.input(names.second, ''),
  };
  const gradients = weights.map(({ name }) => graph.outputs.get(gradientName(name)) as Value);
  const norm = gradientNorm(g, gradients);
  g.output(names.norm, norm);
  const factor = settings.clip === null ? null : clipFactor(g, norm, settings.clip);
  weights.forEach(({ name, source }, i) => {
    const raw = gradients[i] as Value;
    const axes = axisNames(raw.type).join(' ');
    const sizes = Object.fromEntries(raw.type.axes.map(({ axis, size }) => [axis, size as number]));
    const moments = {
      weight: g.parameter(name, axes, sizes),
      gradient: factor === null ? raw : g.multiply(raw, factor),
      first: g.input(firstMoment(name), axes, 'float32', sizes),
      second: g.input(secondMoment(name), axes, 'float32', sizes),
    };
    const updated = adamW(g, moments, scalars, settings, decays(source));
    g.output(next(name), updated.weight);
    g.output(next(firstMoment(name)), updated.first);
    g.output(next(secondMoment(name)), updated.second);
  });
  return g.build();
}

/** A step that is compiled for one shape of batch. */
export class TrainingStep {
  readonly #session: Session;
  readonly #stored: readonly string[];
  readonly #settings: AdamWSettings;
  readonly #fixed: Feeds;
  readonly #shape: BatchShape;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  private constructor(
    session: Session,
    { graph, weights }: StepGraph,
    fixed: Feeds,
    shape: BatchShape,
    settings: AdamWSettings,
  ) {
    this.#session = session;
    this.#stored = weights.map(({ name }) => name);
    this.#settings = settings;
    this.#fixed = fixed;
    this.#shape = shape;
    this.#shapes = new Map(
      parametersOf(graph).map(({ name, type }) => [name, type.axes.map(({ size }) => size as number)]),
    );
  }

  static async create(family: Family, shape: BatchShape, settings: AdamWSettings): Promise<TrainingStep> {
    const built = stepGraph(family, shape, settings);
    const lowered = lower(built.graph, { storage: () => ({ kind: 'input' }) });
    const session = await Session.create(lowered, { memory: [], keepsArena: true, plansMemory: false });
    return new TrainingStep(session, built, fixedFeeds(family, shape), shape, settings);
  }

  /** The state after one more step. `rate` is this step's learning rate. */
  async run(state: TrainingState, batch: TokenBatch, rate: number): Promise<StepResult> {
    const results = await this.#session.run(
      { ...this.#fixed, ...this.#batchFeeds(batch), ...this.#stateFeeds(state), ...this.#scalarFeeds(state, rate) },
      [names.loss, names.norm, ...this.#outputs()],
    );
    const read = (name: string) => results.get(name)?.data ?? missing(name);
    const kept = (rename: (name: string) => string) =>
      new Map(this.#stored.map((name) => [name, read(next(rename(name)))] as const));
    return {
      state: {
        step: state.step + 1,
        weights: kept((name) => name),
        first: kept(firstMoment),
        second: kept(secondMoment),
      },
      loss: read(names.loss)[0] ?? NaN,
      gradientNorm: read(names.norm)[0] ?? NaN,
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #outputs(): string[] {
    return this.#stored.flatMap((name) => [next(name), next(firstMoment(name)), next(secondMoment(name))]);
  }

  #batchFeeds({ ids, targets, weights }: TokenBatch): Feeds {
    const { rows, length } = this.#shape;
    const shape = [rows, length];
    return {
      [inputNames.ids]: { data: ids, shape },
      [names.targets]: { data: targets, shape },
      [names.lossWeights]: { data: weights, shape },
    };
  }

  #stateFeeds({ weights, first, second }: TrainingState): Feeds {
    const feed = (name: string, values: ReadonlyMap<string, Float32Array>): Feed => ({
      data: values.get(name) ?? missing(name),
      shape: this.#shapes.get(name) ?? missing(name),
    });
    return Object.fromEntries(
      this.#stored.flatMap((name) => [
        [name, feed(name, weights)],
        [firstMoment(name), feed(name, first)],
        [secondMoment(name), feed(name, second)],
      ]),
    );
  }

  #scalarFeeds({ step }: TrainingState, rate: number): Feeds {
    const [beta1, beta2] = this.#settings.betas;
    const scalar = (value: number): Feed => ({ data: new Float32Array([value]), shape: [] });
    return {
      [names.rate]: scalar(rate),
      [names.first]: scalar(biasCorrection(beta1, step + 1)),
      [names.second]: scalar(biasCorrection(beta2, step + 1)),
    };
  }
}

function missing(name: string): never {
  throw new RangeError(`training step: no value for ${name}`);
}

/** What is the same in every step: positions, masks and rotary tables of full rows, by input name. */
export function fixedFeeds(family: Family, { rows, length }: BatchShape): Feeds {
  const slots = Array.from({ length }, (_, slot) => slot);
  const lengths = Array<number>(rows).fill(length);
  const batch: Batch = {
    ids: new BigInt64Array(rows * length),
    rows,
    slots: length,
    lengths,
    offsets: lengths.map(() => 0),
    prompts: lengths,
  };
  const windows = Array.from({ length: family.shape.layers }, (_, layer) => family.windowOf(layer));
  const feeds: Record<string, Feed> = {
    [inputNames.positions]: positionsFeed(batch, slots),
    [inputNames.keyPositions]: keyPositionsFeed(batch, length),
  };
  for (const window of new Set(windows)) {
    feeds[inputNames.mask(window)] = maskFeed(batch, family.causal, window, slots, length);
  }
  family.rotaryKinds.forEach((kind, index) => {
    const { cos, sin } = rotaryFeeds(batch, kind, slots);
    feeds[inputNames.cos(index)] = cos;
    feeds[inputNames.sin(index)] = sin;
  });
  return feeds;
}
