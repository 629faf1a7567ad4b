/** Training a model from its configuration: steps, log, checkpoints, and the finished folder. */
import { createHash } from 'node:crypto';
import { familyOf } from '../arch/index.ts';
import type { Family } from '../arch/architecture.ts';
import { freeMemory } from '../run/memory.ts';
import { seededRandom } from '../tensor/random.ts';
import { Fault } from '../terms/fault.ts';
import type { TaskTokenizer } from '../tasks/task.ts';
import type { Stage, TrainConfig, TrainData } from './config.ts';
import { stageAt, stepsOf } from './config.ts';
import { generatedText } from './generatedText.ts';
import { peakBytes } from './memory.ts';
import type { TrainedWeight } from './modelGraph.ts';
import type { StepRow } from './runFolder.ts';
import { RunFolder } from './runFolder.ts';
import { saveModel } from './saveModel.ts';
import { learningRate } from './schedule.ts';
import { startWeights } from './startWeights.ts';
import type { TrainingState } from './state.ts';
import { startState } from './state.ts';
import { tokenFiles } from './tokenFiles.ts';
import type { TokenSource } from './tokens.ts';
import type { StepGraph } from './trainingStep.ts';
import { stepGraph, TrainingStep } from './trainingStep.ts';

export interface TrainRequest {
  readonly config: TrainConfig;
  /** Of the model to be; a run that is there is gone on with. */
  readonly folder: string;
  /** Null where no text is generated. */
  readonly tokenizer: TaskTokenizer | null;
  /** The tokenizer's files. */
  readonly beside: readonly { readonly name: string; readonly path: string }[];
  /** Bytes; what the system says is free where omitted. */
  readonly memoryBudget?: number;
  readonly signal?: AbortSignal;
}

export type TrainEvent =
  | {
      readonly kind: 'start';
      /** Number of values that are trained. */
      readonly parameters: number;
      readonly steps: number;
      /** Steps that were taken before, in a run that is gone on with. */
      readonly resumedAt: number;
    }
  | ({ readonly kind: 'step'; readonly tokensPerSecond: number } & StepRow)
  | { readonly kind: 'checkpoint'; readonly state: TrainingState; readonly weights: readonly TrainedWeight[] };

/**
 * Trains to the last step and writes the model. A run that was stopped or killed goes on from its last checkpoint, to the
 * same weights bit for bit; aborting, or taking no more events, writes a checkpoint first. Throws Fault: a configuration
 * that does not fit, a step that does not fit in memory, a loss that is not finite (the step named; the last good
 * checkpoint stays).
 */
export async function* train(request: TrainRequest): AsyncGenerator<TrainEvent, void> {
  const { config, folder } = request;
  const { family } = familyOf(config.model);
  checkConfig(config, family);
  const source = await sourceOf(request, family);
  const text = sampleOf(config, source);
  const run = new Run(request, family, source);
  const files = await RunFolder.open(folder, { configuration: JSON.stringify(config), text });
  const resumed = await files.resume(run.weights);
  if (resumed === null) await files.begin();
  const begun = resumed ?? run.start();
  yield { kind: 'start', parameters: run.parameters, steps: run.steps, resumedAt: begun.step };
  const { weights: values } = yield* allSteps(run, files, begun, request);
  await saveModel(folder, {
    config: config.model,
    weights: run.weights,
    values,
    beside: request.beside,
    dtype: config.dtype,
  });
}

/** Steps from `begun` to the last one. Stopped between two of them, it leaves a checkpoint. */
async function* allSteps(
  run: Run,
  files: RunFolder,
  begun: TrainingState,
  { config, signal }: TrainRequest,
): AsyncGenerator<TrainEvent, TrainingState> {
  let [state, saved, failed] = [begun, begun.step, false];
  try {
    while (state.step < run.steps) {
      signal?.throwIfAborted();
      const { next, row, tokensPerSecond } = await run.step(state);
      state = next;
      await files.log(row);
      yield { kind: 'step', ...row, tokensPerSecond };
      if (state.step % config.checkpointEvery !== 0 && state.step !== run.steps) continue;
      await files.save(state);
      saved = state.step;
      yield { kind: 'checkpoint', state, weights: run.weights };
    }
    return state;
  } catch (error) {
    failed = signal?.aborted !== true;
    throw error;
  } finally {
    await run.release();
    // Also where the caller takes no more events. Never before a step that failed: it would fail again at once.
    if (!failed && state.step > saved) await files.save(state);
  }
}

function checkConfig(config: TrainConfig, family: Family): void {
  if (!family.causal) {
    throw new Fault({
      what: 'a model that sees the token after each one cannot learn to predict it',
      where: 'model',
      expected: 'causal attention',
      got: 'bidirectional attention',
    });
  }
  config.stages.forEach((stage, i) => checkStage(stage, config.data, family, `stages.${i}`));
  const { warmup } = config.schedule;
  const steps = stepsOf(config);
  if (warmup > steps) {
    const expected = `at most ${steps}, the number of steps`;
    throw new Fault({ what: 'warm-up longer than the run', where: 'schedule.warmup', expected, got: String(warmup) });
  }
}

function checkStage({ length, mix }: Stage, { kind }: TrainData, { shape }: Family, where: string): void {
  if (length > shape.context) {
    const expected = `at most ${shape.context}`;
    throw new Fault({
      what: 'rows longer than the context',
      where: `${where}.length`,
      expected,
      got: String(length),
    });
  }
  if (mix !== undefined && kind === 'tokens') {
    throw new Fault({
      what: 'files of tokens have no kinds of text to mix',
      where: `${where}.mix`,
      expected: 'no mix',
    });
  }
}

/**
 * Draws a row for each stage, so that what a later one would end with is said before the first step. SHA-256 of these rows
 * and of what they are drawn from: a run goes on with the same text only.
 */
function sampleOf(config: TrainConfig, source: TokenSource): string {
  const hash = createHash('sha256').update(source.digest);
  let first = 0;
  config.stages.forEach(({ length, steps, mix }, i) => {
    const where = mix === undefined ? 'data' : `stages.${i}.mix`;
    const { ids, weights } = within(where, () => source.batch(first, { rows: 1, length }));
    hash.update(ids).update(weights);
    first += steps;
  });
  return hash.digest('hex');
}

/** A Fault of the act says in which part of the configuration. */
function within<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const inner = error.parts.where;
    throw new Fault({ ...error.parts, where: inner === undefined ? where : `${where}, ${inner}` });
  }
}

async function sourceOf({ config, tokenizer }: TrainRequest, family: Family): Promise<TokenSource> {
  const { data, seed } = config;
  const { vocabulary, outputVocabulary } = family.shape;
  const below = Math.min(vocabulary, outputVocabulary);
  if (data.kind === 'tokens') return tokenFiles({ files: data.files, type: data.type, vocabulary: below, seed });
  if (tokenizer === null) {
    throw new Fault({
      what: 'generated text needs a tokenizer',
      where: 'tokenizer',
      expected: 'a folder',
      got: 'none',
    });
  }
  const mixAt = (step: number) => stageAt(config, step).mix ?? data.mix;
  return generatedText({ tokenizer, vocabulary: below, mixAt, otherWeight: data.otherWeight, seed });
}

interface Stepped {
  readonly next: TrainingState;
  readonly row: StepRow;
  readonly tokensPerSecond: number;
}

/** The compiled steps of a run: one at a time, for each stage has its own shape. */
class Run {
  readonly steps: number;
  readonly weights: readonly TrainedWeight[];
  readonly #request: TrainRequest;
  readonly #family: Family;
  readonly #source: TokenSource;
  #compiled: { readonly stage: Stage; readonly step: TrainingStep } | null = null;

  constructor(request: TrainRequest, family: Family, source: TokenSource) {
    const { config, memoryBudget } = request;
    this.#request = request;
    this.#family = family;
    this.#source = source;
    this.steps = stepsOf(config);
    const built = config.stages.map((stage) => stepGraph(family, stage, config.optimiser));
    built.forEach((graph, i) => requireFits(graph, memoryBudget ?? freeMemory(), `stages.${i}`));
    this.weights = built[0]?.weights ?? [];
  }

  get parameters(): number {
    return this.weights.reduce((sum, { source }) => sum + countOf(source.axes), 0);
  }

  start(): TrainingState {
    const { start, seed } = this.#request.config;
    return startState(startWeights(this.weights, this.#family.shape.layers, start, seededRandom(seed)));
  }

  async step(state: TrainingState): Promise<Stepped> {
    const { config } = this.#request;
    const began = performance.now();
    const stage = stageAt(config, state.step);
    const step = await this.#stepOf(stage);
    const rate = learningRate(config.schedule, state.step, this.steps);
    const batch = this.#source.batch(state.step, stage);
    if (!batch.weights.some((weight) => weight > 0)) {
      const where = `step ${state.step + 1}`;
      throw new Fault({ what: 'no token of the batch counts in the loss', where, expected: 'otherWeight above 0' });
    }
    const result = await step.run(state, batch, rate);
    const { loss, gradientNorm } = result;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      const got = `loss ${loss}, gradient of length ${gradientNorm}`;
      throw new Fault({ what: 'training diverged', where: `step ${state.step + 1}`, expected: 'finite numbers', got });
    }
    const seconds = (performance.now() - began) / 1000;
    const row = { step: state.step + 1, loss, gradientNorm, learningRate: rate };
    return { next: result.state, row, tokensPerSecond: (stage.rows * stage.length) / seconds };
  }

  async release(): Promise<void> {
    await this.#compiled?.step.release();
    this.#compiled = null;
  }

  async #stepOf(stage: Stage): Promise<TrainingStep> {
    if (this.#compiled?.stage === stage) return this.#compiled.step;
    await this.release();
    const step = await TrainingStep.create(this.#family, stage, this.#request.config.optimiser);
    this.#compiled = { stage, step };
    return step;
  }
}

/**
 * The process itself and the runtime's libraries. With it a step's estimate is, in MB, beside the largest resident size
 * measured: llama of 1 M weights (D 128, 4 layers) on 4 x 128 tokens 272 / 211, 32 x 128 603 / 566, 64 x 128 1031 / 1012,
 * 8 x 512 804 / 934; GPT-2 of 7 M on 4 x 256 711 / 695; llama of 20 M on 2 x 128 924 / 986, 8 x 128 1039 / 1015.
 */
const PROCESS_BYTES = 200e6;

function requireFits({ graph, weights }: StepGraph, budget: number, where: string): void {
  // Weights and two moments: as inputs, and as what was read of the outputs (which are among the graph's values themselves).
  const state = 3 * 4 * weights.reduce((sum, { source }) => sum + countOf(source.axes), 0);
  const needed = PROCESS_BYTES + 2 * state + peakBytes(graph);
  if (needed <= budget) return;
  throw new Fault({
    what: 'a batch of this size does not fit in memory',
    where,
    expected: `at most ${gigabytes(budget)}, which is free`,
    got: `${gigabytes(needed)} needed`,
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function countOf(axes: readonly { readonly size: number }[]): number {
  return axes.reduce((product, { size }) => product * size, 1);
}
