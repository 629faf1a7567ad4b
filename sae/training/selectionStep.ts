/** Steps of TopK, BatchTopK and sparse ReLU codes that cost what their codes cost: one product with the encoder, and what few codes need after it. */
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { lower } from '../../engine/graph/lower.ts';
import { Session } from '../../engine/run/ort.ts';
import { meanSquaredDeviation, transposedRows } from '../rows.ts';
import { defineSparse, weightNames } from '../steps/sparseKernels.ts';
import type { Selected } from '../steps/selection.ts';
import { selectFromAll, selectFromRows, selectPositive } from '../steps/selection.ts';
import { kernelNames } from '../steps/updateKernels.ts';
import type { Part, WeightRows } from '../steps/stepLayout.ts';
import { isKernelNorm, requireStepRoom, StepMemory } from '../steps/stepMemory.ts';
import { threadsFor } from '../threads.ts';
import { SMALLEST } from '../variants/batchTopK.ts';
import type { StepOutcome, StepReport } from './dictionaryStep.ts';
import type { DictionaryState } from './dictionaryState.ts';
import { afterBatch, deadFeatures } from './dictionaryState.ts';
import type { WeightSource } from './liveState.ts';
import { liveState } from './liveState.ts';
import type { Plan } from './lossGraph.ts';
import { learningRateAt, sparsityAt } from './rates.ts';
import { updateRules } from './updateRules.ts';

type Work =
  | ('input' | 'error' | 'held' | 'zeros')
  | ('starts' | 'indices' | 'values' | 'deadStarts' | 'deadIndices' | 'deadValues')
  | ('pull' | 'shrinkage');

export class SelectionStep {
  readonly #session: Session;
  /** The memory that holds a state's values, while it is the newest of its dictionary. */
  readonly #memories = new WeakMap<DictionaryState, SelectionMemory>();

  private constructor(session: Session) {
    this.#session = session;
  }

  /** Is this plan one that the kernels know? */
  static takes(plan: Plan): boolean {
    const { variant, size, training } = plan;
    const { kind } = training.dead.remedy;
    const known = choiceOf(plan) !== null && variant.constraints === undefined && training.decoder.kind === 'free';
    const fits = size.width % 4 === 0 && size.features % 4 === 0;
    return (
      known && fits && (kind === 'none' || kind === 'auxK') && isKernelNorm(training.constraint ?? variant.constraint)
    );
  }

  /** Throws Fault for a plan whose weights, moments, gradients and codes do not fit into memory. */
  static requireRoom(plan: Plan): void {
    const { weights, work } = sizesOf(plan);
    requireStepRoom(weights, work);
  }

  static async create(plan: Plan): Promise<SelectionStep> {
    const lowered = lower(encoderGraph(plan), { storage: () => ({ kind: 'input' }) });
    const options = { memory: [], keepsArena: true, plansMemory: false, ...threadsFor(plan.training.rows, plan.size) };
    return new SelectionStep(await Session.create(lowered, options));
  }

  /**
   * The state after one more step on a batch [B D]. The plan's key is that of the plan it was created with. RangeError for more
   * ReLU codes than there is room for.
   */
  async run(plan: Plan, state: DictionaryState, batch: Float32Array): Promise<StepOutcome> {
    const found = await this.runWithin(plan, state, batch);
    if (found === null) throw new RangeError('selection: more codes than there is room for');
    return found;
  }

  /** As `run`; null, and the state as it was, where a batch has more ReLU codes than there is room for. */
  async runWithin(plan: Plan, state: DictionaryState, batch: Float32Array): Promise<StepOutcome | null> {
    const memory = this.#memoryOf(plan, state);
    const { training, size } = plan;
    const dead = deadFeatures(state, training.dead.window);
    const p = await this.#encoded(memory, batch, plan);
    const codes = memory.select(p, dead);
    if (codes === null) return null;
    const rate = learningRateAt(training, state);
    const { loss, parts, fvu } = memory.learn(batch, dead, sparsityAt(plan, state.step));
    const gradientNorm = memory.update(rate, state.step + 1);
    const fired = firedRows(codes, training.rows, size.features);
    const tracked = plan.variant.id === 'batchTopK' ? new Map([[SMALLEST, smallest(codes, training.rows)]]) : new Map();
    const counted = afterBatch(state, { fired, tracked, rows: training.rows }, training.dead.window);
    const { resampledAt } = state;
    const next = liveState(memory, { ...counted, step: state.step + 1, resampledAt });
    this.#memories.set(next, memory);
    return {
      state: next,
      report: {
        ...{ step: state.step + 1, loss, fvu, gradientNorm, learningRate: rate, resampled: 0, parts },
        l0: entriesOf(codes, training.rows) / training.rows,
        dead: dead.reduce((sum, isDead) => sum + isDead, 0),
      },
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  /** The memory that the step before left, or a new one with the state's values. */
  #memoryOf(plan: Plan, state: DictionaryState): SelectionMemory {
    const found = this.#memories.get(state);
    if (found !== undefined && found.holds(state)) return found;
    const memory = new SelectionMemory(plan);
    memory.write(state);
    return memory;
  }

  /** p = c W_enc + b_enc [B F] */
  async #encoded(memory: SelectionMemory, batch: Float32Array, { training, size, subtractsBias }: Plan) {
    const { rows } = training;
    const { width, features } = size;
    const input = memory.centre(batch, subtractsBias);
    const feeds = {
      [inputName]: { data: input, shape: [rows, width] },
      [weightNames.encoder]: { data: memory.weight(weightNames.encoder), shape: [features, width] },
      [weightNames.encoderBias]: { data: memory.weight(weightNames.encoderBias), shape: [features] },
    };
    const found = (await this.#session.run(feeds, [outputName])).get(outputName);
    if (found === undefined) throw new RangeError('selection: the encoder gave nothing');
    return found.data;
  }
}

const [inputName, outputName] = ['input', 'preActivations'] as const;

function encoderGraph({ size, training }: Plan) {
  const g = new GraphBuilder('encoder', { D: size.width, F: size.features, B: training.rows });
  const product = g.contract(g.input(inputName, 'B D'), g.parameter(weightNames.encoder, 'F D'), 'B F');
  g.output(outputName, g.add(product, g.parameter(weightNames.encoderBias, 'F')));
  return g.build();
}

/** How a batch's codes are chosen, and how many they are at most. */
interface Choice {
  /** The largest of each sample, of the whole batch, or whatever is above 0. */
  readonly kind: 'ofEach' | 'ofAll' | 'positive';
  readonly count: number;
}

/** Null for variants whose codes are not chosen so. */
function choiceOf({ variant, settings, training, size }: Plan): Choice | null {
  const k = variant.id === 'topOne' ? 1 : settings['k'];
  if (variant.id === 'standard') return { kind: 'positive', count: training.rows * mostActive(size) };
  if (typeof k !== 'number') return null;
  if (variant.id === 'topK' || variant.id === 'topOne') return { kind: 'ofEach', count: k };
  if (variant.id === 'batchTopK') return { kind: 'ofAll', count: Math.max(1, Math.round(k * training.rows)) };
  return null;
}

/** Active ReLU codes a sample, in the mean of a batch, up to which lists of them are the quicker way. */
export function mostActive({ features }: Plan['size']): number {
  return Math.ceil(features / 32);
}

function requiredChoice(plan: Plan): Choice {
  const found = choiceOf(plan);
  if (found === null) throw new RangeError(`selection: no codes of ${plan.variant.id}`);
  return found;
}

/** AuxK, where it is the remedy. */
function auxiliaryOf({ training }: Plan): { readonly count: number; readonly weight: number } | null {
  const { remedy } = training.dead;
  return remedy.kind === 'auxK' ? remedy : null;
}

interface StepSizes {
  readonly weights: readonly WeightRows[];
  readonly work: Readonly<Record<Work, number>>;
  /** Codes of a batch, and those of dead features, at most. */
  readonly entries: number;
  readonly deadEntries: number;
}

function sizesOf(plan: Plan): StepSizes {
  const { width, features } = plan.size;
  const { rows } = plan.training;
  const [choice, auxiliary] = [requiredChoice(plan), auxiliaryOf(plan)];
  const entries = choice.kind === 'ofEach' ? rows * Math.min(choice.count, features) : choice.count;
  const deadEntries = auxiliary === null ? 0 : rows * Math.min(auxiliary.count, features);
  const values = rows * width;
  return {
    weights: [
      { name: weightNames.encoder, rows: features, length: width },
      { name: weightNames.encoderBias, rows: 1, length: features },
      { name: weightNames.decoder, rows: features, length: width },
      { name: weightNames.bias, rows: 1, length: width },
    ],
    work: {
      ...{ input: values, error: values, held: auxiliary === null ? 0 : values, zeros: Math.max(width, features) },
      ...{ starts: rows + 1, indices: entries, values: entries },
      ...{ deadStarts: rows + 1, deadIndices: deadEntries, deadValues: deadEntries },
      ...(choice.kind === 'positive' ? { pull: features, shrinkage: features } : { pull: 0, shrinkage: 0 }),
    },
    ...{ entries, deadEntries },
  };
}

/** One dictionary's values, and what its steps work on. */
class SelectionMemory implements WeightSource {
  version = 0;
  readonly #plan: Plan;
  readonly #memory: StepMemory<Work>;
  readonly #codes: Selected;
  readonly #deadCodes: Selected;
  readonly #choice: Choice;
  readonly #auxiliary: { readonly count: number; readonly weight: number } | null;
  #holding: Pick<DictionaryState, 'step'> | null = null;

  constructor(plan: Plan) {
    const { width, features } = plan.size;
    const { rows } = plan.training;
    const { weights, work, entries, deadEntries } = sizesOf(plan);
    const memory = new StepMemory(weights, work, (module, layout) => defineSparse(module, layout, width, features));
    const lists = (starts: Work, indices: Work, strengths: Work, count: number): Selected => ({
      starts: memory.words(starts, rows + 1),
      indices: memory.words(indices, count),
      values: memory.floats(strengths, count),
    });
    this.#plan = plan;
    this.#memory = memory;
    this.#choice = requiredChoice(plan);
    this.#auxiliary = auxiliaryOf(plan);
    this.#codes = lists('starts', 'indices', 'values', entries);
    this.#deadCodes = lists('deadStarts', 'deadIndices', 'deadValues', deadEntries);
  }

  holds({ step }: DictionaryState): boolean {
    return this.#holding?.step === step;
  }

  write(state: DictionaryState): void {
    for (const [part, values] of [
      ['weight', state.weights],
      ['first', state.first],
      ['second', state.second],
    ] as const) {
      for (const [name, data] of values) this.#memory.view(part, name).set(this.#stored(name, data, 'in'));
    }
    this.#holding = { step: state.step };
  }

  read(part: Exclude<Part, 'gradient'>): ReadonlyMap<string, Float32Array> {
    const { weights } = this.#memory.layout;
    return new Map(weights.map(({ name }) => [name, this.#stored(name, this.#memory.view(part, name).slice(), 'out')]));
  }

  weight(name: string): Float32Array {
    return this.#memory.view('weight', name);
  }

  /** c = x - b_dec, or x */
  centre(x: Float32Array, subtractsBias: boolean): Float32Array {
    const input = this.#memory.floats('input', x.length);
    input.set(x);
    if (!subtractsBias) return input;
    const bias = this.weight(weightNames.bias);
    for (let start = 0; start < x.length; start += bias.length)
      for (let d = 0; d < bias.length; d++) input[start + d] = (input[start + d] as number) - (bias[d] as number);
    return input;
  }

  /** Null where there is no room for all. */
  select(p: Float32Array, dead: Float32Array): Selected | null {
    const { features } = this.#plan.size;
    const { kind, count } = this.#choice;
    if (kind === 'ofEach') selectFromRows(p, features, Math.min(count, features), this.#codes);
    else if (kind === 'ofAll') selectFromAll(p, features, count, this.#codes);
    else if (!selectPositive(p, features, this.#codes)) return null;
    if (this.#auxiliary !== null)
      selectFromRows(p, features, Math.min(this.#auxiliary.count, features), this.#deadCodes, dead);
    return this.#codes;
  }

  /** Reconstruction, loss, and every gradient. */
  learn(x: Float32Array, dead: Float32Array, sparsityWeight: number): Pick<StepReport, 'loss' | 'parts' | 'fvu'> {
    const { training, variant, size } = this.#plan;
    const { rows } = training;
    this.#memory.clearGradients();
    this.#reconstruct(this.#codes, this.#address('bias'), 'error');
    const error = this.#memory.floats('error', x.length);
    for (let i = 0; i < x.length; i++) error[i] = (error[i] as number) - (x[i] as number);
    const [squares, variance] = [sumOfSquares(error) / rows, meanSquaredDeviation({ width: size.width, data: x })];
    const isShare = training.normalised ?? variant.normalised;
    const scale = 2 / (rows * (isShare ? variance : 1));
    const isPenalised = this.#choice.kind === 'positive';
    const sparsity = isPenalised ? this.#learnPenalty(sparsityWeight / rows) : null;
    this.#backward(this.#codes, 'error', scale, isPenalised ? 'pull' : 'zeros');
    const auxiliary = this.#auxiliary === null ? null : this.#learnDead(dead, error);
    this.#exports('biasGradient')(...[rows, this.#memory.layout.work.error, scale, Number(this.#plan.subtractsBias)]);
    const reconstruction = isShare ? squares / variance : squares;
    const parts = { reconstruction, sparsity, auxiliary };
    return { loss: reconstruction + (sparsity ?? 0) + (auxiliary ?? 0), parts, fvu: squares / variance };
  }

  // P = w sum over b and i of f_bi |d_i|: dP/df_bi = w |d_i|, dP/dd_i = w (sum over b of f_bi) d_i / |d_i|.
  #learnPenalty(weight: number): number {
    const { features } = this.#plan.size;
    const [pull, shrinkage] = [this.#memory.floats('pull', features), this.#memory.floats('shrinkage', features)];
    this.#exports(kernelNames.square(this.#plan.size.width))(this.#address('decoder'), features, pull.byteOffset);
    sumByFeature(this.#codes, this.#plan.training.rows, shrinkage);
    let penalty = 0;
    for (let i = 0; i < features; i++) {
      const [norm, sum] = [Math.sqrt(pull[i] as number), shrinkage[i] as number];
      penalty += weight * sum * norm;
      pull[i] = weight * norm;
      shrinkage[i] = sum === 0 ? 0 : (weight * sum) / norm;
    }
    this.#exports('addScaled')(shrinkage.byteOffset);
    return penalty;
  }

  /** AuxK, as `deadTerm` has it: the error e = x - x^ is held, so nothing of it reaches b_dec but through c. */
  #learnDead(dead: Float32Array, error: Float32Array): number {
    const { count, weight } = this.#auxiliary ?? { count: 1, weight: 0 };
    const { rows } = this.#plan.training;
    const deadCount = dead.reduce((sum, isDead) => sum + isDead, 0);
    if (deadCount === 0) return 0;
    this.#reconstruct(this.#deadCodes, this.#memory.layout.work.zeros, 'held');
    // f_a W_dec - e, and e = -error.
    const difference = this.#memory.floats('held', error.length);
    for (let i = 0; i < error.length; i++) difference[i] = (difference[i] as number) + (error[i] as number);
    const factor =
      (weight * Math.min(1, deadCount / count)) /
      (meanSquaredDeviation({ width: this.#plan.size.width, data: error }) + 1e-12);
    this.#backward(this.#deadCodes, 'held', (2 * factor) / rows, 'zeros');
    return (factor * sumOfSquares(difference)) / rows;
  }

  update(rate: number, step: number): number {
    const { optimiser } = this.#plan.training;
    const norm = this.#memory.update({ rules: updateRules(this.#plan), optimiser, rate, step });
    this.version += 1;
    this.#holding = { step };
    return norm;
  }

  #reconstruct({ starts, indices, values }: Selected, first: number, into: Work): void {
    const addresses = [starts, indices, values].map(({ byteOffset }) => byteOffset);
    this.#exports('reconstruct')(this.#plan.training.rows, ...addresses, first, this.#memory.layout.work[into]);
  }

  #backward({ starts, indices, values }: Selected, error: Work, scale: number, pull: Work): void {
    const addresses = [starts, indices, values].map(({ byteOffset }) => byteOffset);
    const { work } = this.#memory.layout;
    this.#exports('backward')(this.#plan.training.rows, ...addresses, work[error], work.input, scale, work[pull]);
  }

  #address(name: keyof typeof weightNames): number {
    return this.weight(weightNames[name]).byteOffset;
  }

  #exports(name: string): (...values: number[]) => void {
    const found = this.#memory.exports[name];
    if (found === undefined) throw new RangeError(`selection: no kernel ${name}`);
    return found;
  }

  /** W_enc [D F] lies transposed. */
  #stored(name: string, data: Float32Array, way: 'in' | 'out'): Float32Array {
    if (name !== weightNames.encoder) return data;
    const { width, features } = this.#plan.size;
    return transposedRows(data, way === 'in' ? features : width);
  }
}

function entriesOf({ starts }: Selected, rows: number): number {
  return starts[rows] as number;
}

/** [F] samples on which each feature has a code. */
function firedRows(codes: Selected, rows: number, features: number): Float32Array {
  const fired = new Float32Array(features);
  for (const feature of codes.indices.subarray(0, entriesOf(codes, rows)))
    fired[feature] = (fired[feature] as number) + 1;
  return fired;
}

/** [F] sums of each feature's codes. */
function sumByFeature(codes: Selected, rows: number, into: Float32Array): void {
  into.fill(0);
  const count = entriesOf(codes, rows);
  for (let entry = 0; entry < count; entry++) {
    const feature = codes.indices[entry] as number;
    into[feature] = (into[feature] as number) + (codes.values[entry] as number);
  }
}

/** The smallest code of the batch; 0 where there is none. */
function smallest(codes: Selected, rows: number): number {
  const values = codes.values.subarray(0, entriesOf(codes, rows));
  return values.length === 0 ? 0 : values.reduce((least, value) => Math.min(least, value));
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
