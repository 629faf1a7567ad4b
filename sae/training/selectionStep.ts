/** Steps of TopK and BatchTopK that cost what their codes cost: one product with the encoder, and what few codes need after it. */
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { lower } from '../../engine/graph/lower.ts';
import { Session } from '../../engine/run/ort.ts';
import { meanSquaredDeviation, transposedRows } from '../rows.ts';
import { defineSparse, weightNames } from '../steps/sparseKernels.ts';
import type { Selected } from '../steps/selection.ts';
import { selectFromAll, selectFromRows } from '../steps/selection.ts';
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
import { learningRateAt } from './rates.ts';
import { updateRules } from './updateRules.ts';

type Work =
  'input' | 'error' | 'held' | 'zeros' | 'starts' | 'indices' | 'values' | 'deadStarts' | 'deadIndices' | 'deadValues';

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
    const known = codesOf(plan) !== null && variant.constraints === undefined && training.decoder.kind === 'free';
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

  /** The state after one more step on a batch [B D]. The plan's key is that of the plan it was created with. */
  async run(plan: Plan, state: DictionaryState, batch: Float32Array): Promise<StepOutcome> {
    const memory = this.#memoryOf(plan, state);
    const { training, size } = plan;
    const dead = deadFeatures(state, training.dead.window);
    const p = await this.#encoded(memory, batch, plan);
    const codes = memory.select(p, dead);
    const rate = learningRateAt(training, state);
    const { loss, parts, fvu } = memory.learn(batch, dead);
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

/** How many codes a batch has at most, and whether they are chosen sample by sample; null for other variants. */
function codesOf({ variant, settings, training }: Plan): { readonly ofEach: boolean; readonly count: number } | null {
  const k = variant.id === 'topOne' ? 1 : settings['k'];
  if (typeof k !== 'number') return null;
  if (variant.id === 'topK' || variant.id === 'topOne') return { ofEach: true, count: k };
  if (variant.id === 'batchTopK') return { ofEach: false, count: Math.max(1, Math.round(k * training.rows)) };
  return null;
}

/** How a batch's codes are chosen. */
function selectionOf(plan: Plan): NonNullable<ReturnType<typeof codesOf>> {
  const found = codesOf(plan);
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
  const [selection, auxiliary] = [selectionOf(plan), auxiliaryOf(plan)];
  const entries = selection.ofEach ? rows * Math.min(selection.count, features) : selection.count;
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
      ...{ input: values, error: values, held: auxiliary === null ? 0 : values, zeros: width },
      ...{ starts: rows + 1, indices: entries, values: entries },
      ...{ deadStarts: rows + 1, deadIndices: deadEntries, deadValues: deadEntries },
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
  readonly #selection: { readonly ofEach: boolean; readonly count: number };
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
    this.#selection = selectionOf(plan);
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

  select(p: Float32Array, dead: Float32Array): Selected {
    const { features } = this.#plan.size;
    const { ofEach, count } = this.#selection;
    if (ofEach) selectFromRows(p, features, Math.min(count, features), this.#codes);
    else selectFromAll(p, features, count, this.#codes);
    if (this.#auxiliary !== null)
      selectFromRows(p, features, Math.min(this.#auxiliary.count, features), this.#deadCodes, dead);
    return this.#codes;
  }

  /** Reconstruction, loss, and every gradient. */
  learn(x: Float32Array, dead: Float32Array): Pick<StepReport, 'loss' | 'parts' | 'fvu'> {
    const { training, variant, size } = this.#plan;
    const { rows } = training;
    this.#memory.clearGradients();
    this.#reconstruct(this.#codes, this.#address('bias'), 'error');
    const error = this.#memory.floats('error', x.length);
    for (let i = 0; i < x.length; i++) error[i] = (error[i] as number) - (x[i] as number);
    const [squares, variance] = [sumOfSquares(error) / rows, meanSquaredDeviation({ width: size.width, data: x })];
    const isShare = training.normalised ?? variant.normalised;
    const scale = 2 / (rows * (isShare ? variance : 1));
    this.#backward(this.#codes, 'error', scale);
    const auxiliary = this.#auxiliary === null ? null : this.#learnDead(dead, error);
    this.#exports('biasGradient')(...[rows, this.#memory.layout.work.error, scale, Number(this.#plan.subtractsBias)]);
    const reconstruction = isShare ? squares / variance : squares;
    const parts = { reconstruction, sparsity: null, auxiliary };
    return { loss: reconstruction + (auxiliary ?? 0), parts, fvu: squares / variance };
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
    this.#backward(this.#deadCodes, 'held', (2 * factor) / rows);
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

  #backward({ starts, indices, values }: Selected, error: Work, scale: number): void {
    const addresses = [starts, indices, values].map(({ byteOffset }) => byteOffset);
    const { work } = this.#memory.layout;
    this.#exports('backward')(this.#plan.training.rows, ...addresses, work[error], work.input, scale);
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
