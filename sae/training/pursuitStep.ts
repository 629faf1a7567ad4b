/** Steps of matching pursuit by kernels of WebAssembly: what the graph of its loss gives, many times faster. */
import { layoutOf } from '../pursuit/kernels/layout.ts';
import type { KernelShape } from '../pursuit/kernels/layout.ts';
import { PursuitKernels } from '../pursuit/pursuitKernels.ts';
import type { AtomsAndBias, Encoded } from '../pursuit/pursuitKernels.ts';
import { usefulThreads } from '../pursuit/helperThreads.ts';
import type { PursuitSettings } from '../pursuit/pursuit.ts';
import type { PursuitTraining } from '../pursuit/pursuitTraining.ts';
import type { Rows } from '../rows.ts';
import { meanRow, meanSquaredDeviation } from '../rows.ts';
import type { ValuesOf } from '../../engine/terms/settings.ts';
import type { matchingPursuit } from '../variants/matchingPursuit.ts';
import type { StepOutcome } from './dictionaryStep.ts';
import type { DictionaryState } from './dictionaryState.ts';
import { afterBatch, deadFeatures } from './dictionaryState.ts';
import type { Plan } from './lossGraph.ts';
import { learningRateAt } from './rates.ts';
import type { Judged } from './resample.ts';

/** Features up to which the Gram matrix, which every step makes anew, stays the smaller part of a step (spec A.8). */
const mostFeatures = 4096;

export class PursuitStep {
  readonly #kernels: PursuitKernels;
  readonly #training: PursuitTraining;

  private constructor(kernels: PursuitKernels, training: PursuitTraining) {
    this.#kernels = kernels;
    this.#training = training;
  }

  /** Is this plan one that the kernels know? */
  static takes({ variant, size, training, subtractsBias }: Plan): boolean {
    const isPlain = training.decoder.kind === 'free' && !(training.normalised ?? variant.normalised);
    const { kind } = training.dead.remedy;
    const known = kind === 'none' || kind === 'push';
    return variant.id === 'matchingPursuit' && subtractsBias && isPlain && known && size.features <= mostFeatures;
  }

  /** Throws Fault for a plan whose kernels do not fit into memory. */
  static requireRoom(plan: Plan): void {
    layoutOf(shapeOf(plan));
  }

  static async create(plan: Plan): Promise<PursuitStep> {
    const training = pursuitTraining(plan);
    const shape = shapeOf(plan);
    return new PursuitStep(await PursuitKernels.create(shape, usefulThreads(shape)), training);
  }

  /** The state after one more step on a batch [B D]. The plan's key is that of the plan it was created with. */
  run({ training, size }: Plan, state: DictionaryState, batch: Float32Array): Promise<StepOutcome> {
    const kernels = this.#kernels;
    const [step, rate] = [state.step + 1, learningRateAt(training, state)];
    const dead = deadFeatures(state, training.dead.window);
    for (const kind of kinds) kernels.write(kind, atomsAndBias(state[kind]));
    const gradientNorm = kernels.train(batch, this.#training, { rate, step, dead });
    const encoded = kernels.encoded();
    const fired = firedRows(encoded);
    const error = meanOf(encoded.squares);
    const [weights, first, second] = [named(kernels, 'weights'), named(kernels, 'first'), named(kernels, 'second')];
    const push = this.#pushTerm(state, dead);
    const counted = afterBatch(state, { fired, tracked: new Map(), rows: training.rows }, training.dead.window);
    return Promise.resolve({
      state: { ...state, weights, first, second, ...counted, step },
      report: {
        step,
        loss: error + push,
        parts: { reconstruction: error, sparsity: null, auxiliary: this.#training.push === 0 ? null : push },
        fvu: error / meanSquaredDeviation({ width: size.width, data: batch }),
        l0: fired.reduce((sum, rows) => sum + rows, 0) / training.rows,
        dead: dead.reduce((sum, isDead) => sum + isDead, 0),
        gradientNorm,
        learningRate: rate,
        resampled: 0,
      },
    });
  }

  /** Errors and reconstructions of one batch, as `Judge` gives them. */
  judge(weights: ReadonlyMap<string, Float32Array>, rows: Rows): Promise<Judged> {
    this.#kernels.write('weights', atomsAndBias(weights));
    const { squares } = this.#kernels.encode(rows.data, this.#training.pursuit);
    const residuals = this.#kernels.residuals();
    const reconstruction = rows.data.map((value, i) => value - (residuals[i] as number));
    return Promise.resolve({ rows, errors: squares, reconstruction });
  }

  release(): Promise<void> {
    return this.#kernels.close();
  }

  /** -push times the mean over the last batch's rows and dead atoms of r_T . d_i. */
  #pushTerm({ weights }: DictionaryState, dead: Float32Array): number {
    const { push } = this.#training;
    if (push === 0 || !dead.includes(1)) return 0;
    const { W_dec } = atomsAndBias(weights);
    const width = W_dec.length / dead.length;
    const atoms = { width, data: W_dec.filter((_, i) => dead[Math.floor(i / width)] === 1) };
    const [residual, atom] = [meanRow({ width, data: this.#kernels.residuals() }), meanRow(atoms)];
    return -push * residual.reduce((sum, value, d) => sum + value * (atom[d] as number), 0);
  }
}

const kinds = ['weights', 'first', 'second'] as const;

function shapeOf(plan: Plan): KernelShape {
  return { ...plan.size, rows: plan.training.rows, steps: pursuitTraining(plan).pursuit.steps };
}

function pursuitTraining({ variant, settings, training }: Plan): PursuitTraining {
  const { gradient, ...rest } = settings as ValuesOf<typeof matchingPursuit.settings>;
  const { remedy } = training.dead;
  return {
    pursuit: pursuitSettings(rest),
    gradient: gradient === 'heldCodes' ? 'heldCodes' : 'full',
    norm: training.constraint ?? variant.constraint,
    frozen: training.frozen,
    optimiser: training.optimiser,
    push: remedy.kind === 'push' ? remedy.weight : 0,
  };
}

function pursuitSettings({
  steps,
  residualThreshold,
  relativeThreshold,
  stopsOnRepeat,
}: Omit<ValuesOf<typeof matchingPursuit.settings>, 'gradient'>): PursuitSettings {
  return { steps, clamped: true, relativeThreshold, absoluteThreshold: residualThreshold, stopsOnRepeat };
}

function atomsAndBias(weights: ReadonlyMap<string, Float32Array>): AtomsAndBias {
  const part = (name: string) => {
    const found = weights.get(name);
    if (found === undefined) throw new RangeError(`pursuit: no values for ${name}`);
    return found;
  };
  return { W_dec: part('W_dec'), b_dec: part('b_dec') };
}

function named(kernels: PursuitKernels, kind: (typeof kinds)[number]): ReadonlyMap<string, Float32Array> {
  return new Map(Object.entries(kernels.read(kind)));
}

/** [F] rows on which each atom was picked. */
function firedRows({ features, stride, counts, atoms }: Encoded): Float32Array {
  const fired = new Float32Array(features);
  const lastRow = new Int32Array(features).fill(-1);
  for (let row = 0; row < counts.length; row++) {
    for (let t = row * stride; t < row * stride + (counts[row] as number); t++) {
      const atom = atoms[t] as number;
      if (lastRow[atom] !== row) fired[atom] = (fired[atom] as number) + 1;
      lastRow[atom] = row;
    }
  }
  return fired;
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
