/** Dead features start again from what is reconstructed badly (Bricken et al. 2023, appendix; spec B.2 and E.4). */
import { lower } from '../../engine/graph/lower.ts';
import { parametersOf } from '../../engine/graph/graph.ts';
import { Session } from '../../engine/run/ort.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { replacementRows } from '../pursuit/replacementRows.ts';
import type { Rows } from '../rows.ts';
import { countOf, rowAt } from '../rows.ts';
import { threadsFor } from '../threads.ts';
import type { VariantWeight } from '../variants/variant.ts';
import type { DictionaryState } from './dictionaryState.ts';
import { deadFeatures } from './dictionaryState.ts';
import type { Plan } from './lossGraph.ts';
import { lossGraph, names, planWeights } from './lossGraph.ts';

/** Rows with their errors and reconstructions as the dictionary is now. */
export interface Judged {
  readonly rows: Rows;
  /** [n] |x^ - x|^2 */
  readonly errors: Float32Array;
  /** [n D] */
  readonly reconstruction: Float32Array;
}

/** Gives errors and reconstructions of batches, compiled once for all dictionaries of a plan. */
export class Judge {
  readonly #session: Session;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  private constructor(session: Session, shapes: ReadonlyMap<string, readonly number[]>) {
    this.#session = session;
    this.#shapes = shapes;
  }

  static async create(plan: Plan): Promise<Judge> {
    const { graph } = lossGraph({
      ...plan,
      training: { ...plan.training, dead: { ...plan.training.dead, remedy: { kind: 'none' } } },
    });
    const outputs = new Map(
      [...graph.outputs].filter(([name]) => name === names.rowErrors || name === names.reconstruction),
    );
    const lowered = lower({ ...graph, outputs }, { storage: () => ({ kind: 'input' }) });
    const shapes = parametersOf(graph).map(
      ({ name, type }) => [name, type.axes.map(({ size }) => size as number)] as const,
    );
    return new Judge(
      await Session.create(lowered, { memory: [], keepsArena: false, ...threadsFor(plan.training.rows, plan.size) }),
      new Map(shapes),
    );
  }

  /** One batch of the plan's number of rows. */
  async judge(weights: ReadonlyMap<string, Float32Array>, rows: Rows): Promise<Judged> {
    const parameters = [...this.#shapes].map(([name, shape]) => {
      const data = weights.get(name);
      if (data === undefined) throw new RangeError(`judge: no weight ${name}`);
      return [name, { data, shape }] as const;
    });
    const results = await this.#session.run(
      {
        ...Object.fromEntries(parameters),
        [names.x]: { data: rows.data, shape: [countOf(rows), rows.width] },
        [names.sparsity]: { data: new Float32Array(1), shape: [] },
      },
      [names.rowErrors, names.reconstruction],
    );
    const read = (name: string) => results.get(name)?.data ?? new Float32Array();
    return { rows, errors: read(names.rowErrors), reconstruction: read(names.reconstruction) };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

export function joinJudged(parts: readonly Judged[]): Judged {
  const joined = (of: (part: Judged) => Float32Array) => {
    const data = new Float32Array(parts.reduce((sum, part) => sum + of(part).length, 0));
    let next = 0;
    for (const part of parts) {
      data.set(of(part), next);
      next += of(part).length;
    }
    return data;
  };
  return {
    rows: { width: parts[0]?.rows.width ?? 1, data: joined(({ rows }) => rows.data) },
    errors: joined(({ errors }) => errors),
    reconstruction: joined(({ reconstruction }) => reconstruction),
  };
}

export interface Resampled {
  readonly state: DictionaryState;
  /** Features that started again. */
  readonly features: readonly number[];
}

/**
 * Each dead feature (as many as there are rows with an error) is given a row drawn with p ~ loss^2: its row of W_dec becomes
 * that direction, its column of W_enc the same times encoderScale and the mean length of those alive, a threshold that rows gave
 * at the start encoderScale times the (geometric) mean of theirs, what else it has its start; its moments are cleared. Nothing changes where none is dead.
 */
export function resampled(plan: Plan, state: DictionaryState, judged: Judged, random: Random): Resampled {
  const dead = deadFeatures(state, plan.training.dead.window);
  const features = [...dead.keys()].filter((feature) => dead[feature] === 1);
  const rows = replacementRows(judged.errors, features.length, random);
  if (rows.length === 0) return { state, features: [] };
  const renewed = features.slice(0, rows.length);
  const draft = copied(state);
  const starts = startsOf(plan, state, dead);
  renewed.forEach((feature, i) => {
    renew(plan, draft, feature, revivedRow(plan, draft, judged, rows[i] as number), starts);
  });
  return { state: { ...draft, resampledAt: state.step }, features: renewed };
}

function copied(state: DictionaryState): DictionaryState {
  const copy = (values: ReadonlyMap<string, Float32Array>) =>
    new Map([...values].map(([name, data]) => [name, data.slice()] as const));
  const { weights, first, second, sinceFired } = state;
  return {
    ...state,
    weights: copy(weights),
    first: copy(first),
    second: copy(second),
    sinceFired: sinceFired.slice(),
  };
}

/** [D] what a row of W_dec becomes. */
function revivedRow(plan: Plan, { weights }: DictionaryState, judged: Judged, row: number): Float32Array {
  const bias = weights.get('b_dec') as Float32Array;
  const x = rowAt(judged.rows, row);
  const target = judged.reconstruction.subarray(row * x.length, (row + 1) * x.length);
  const from = plan.variant.revival === 'residual' ? target : bias;
  const direction = x.map((value, d) => value - (from[d] as number));
  if (plan.variant.revival === 'sample') return direction;
  const length = Math.max(Math.hypot(...direction), 1e-12);
  return direction.map((value) => (plan.training.start.decoderNorm * value) / length);
}

/** encoderScale times the mean length of the columns of W_enc that are alive, over the length of a new row. */
function encoderLength({ size, training }: Plan, { weights }: DictionaryState, dead: Float32Array): number {
  const encoder = weights.get('W_enc');
  const { features } = size;
  const share = training.dead.resampling?.encoderScale ?? 0;
  if (encoder === undefined) return share;
  const squares = new Float64Array(features);
  encoder.forEach((value, i) => (squares[i % features] = (squares[i % features] as number) + value ** 2));
  const alive = [...squares].filter((_, feature) => dead[feature] === 0).map(Math.sqrt);
  const mean = alive.length === 0 ? 1 : alive.reduce((sum, length) => sum + length, 0) / alive.length;
  return (share * mean) / training.start.decoderNorm;
}

/** What new features have in common. */
interface Starts {
  /** Length of a column of W_enc, over that of a row of W_dec. */
  readonly scale: number;
  /** By weight over F alone. */
  readonly values: ReadonlyMap<string, number>;
}

function startsOf(plan: Plan, state: DictionaryState, dead: Float32Array): Starts {
  const ofFeatures = planWeights(plan).filter(({ axes }) => axes === 'F');
  return {
    scale: encoderLength(plan, state, dead),
    values: new Map(ofFeatures.map((weight) => [weight.name, startValue(weight, plan, state, dead)] as const)),
  };
}

function startValue({ name, start }: VariantWeight, plan: Plan, state: DictionaryState, dead: Float32Array): number {
  if (start.kind === 'constant') return start.value;
  if (start.kind !== 'logThreshold') return 0;
  const thresholds = [...(state.weights.get(name) as Float32Array)];
  const alive = thresholds.filter((_, feature) => dead[feature] === 0);
  const known = alive.length === 0 ? thresholds : alive;
  const share = Math.max(plan.training.dead.resampling?.encoderScale ?? 1, 1e-6);
  return known.reduce((sum, value) => sum + value, 0) / known.length + Math.log(share);
}

function renew(plan: Plan, draft: DictionaryState, feature: number, row: Float32Array, starts: Starts): void {
  for (const weight of planWeights(plan)) {
    if (!weight.axes.split(' ').includes('F')) continue;
    const places = placesOf(weight, plan, feature);
    const values = draft.weights.get(weight.name) as Float32Array;
    places.forEach((place, i) => {
      values[place] = renewedValue(weight, row, starts, i);
      (draft.first.get(weight.name) as Float32Array)[place] = 0;
      (draft.second.get(weight.name) as Float32Array)[place] = 0;
    });
  }
  draft.sinceFired[feature] = 0;
}

/** Where a feature's entries are, over D where the weight has it. */
function placesOf({ axes }: VariantWeight, { size }: Plan, feature: number): number[] {
  const { width, features } = size;
  if (axes === 'F') return [feature];
  return Array.from({ length: width }, (_, d) => (axes === 'F D' ? feature * width + d : d * features + feature));
}

function renewedValue({ name, axes }: VariantWeight, row: Float32Array, { scale, values }: Starts, d: number): number {
  if (axes === 'F') return values.get(name) ?? 0;
  return axes === 'F D' ? (row[d] as number) : scale * (row[d] as number);
}
