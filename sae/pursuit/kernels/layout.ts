/** Where everything lies in the kernels' memory. Rows are padded with zeros so that loops run over whole vectors. */
import { Fault } from '../../../engine/terms/fault.ts';
import { PAGE } from '../../wasm/moduleBuilder.ts';

/** Size of what the kernels work on; the code is written for it. */
export interface KernelShape {
  /** D */
  readonly width: number;
  /** F */
  readonly features: number;
  /** B: most rows of a batch. */
  readonly rows: number;
  /** T: most picks of a row. */
  readonly steps: number;
}

/** Floats of a vector; samples whose products are computed together; atoms that lie side by side in the packed copy. */
export const VECTOR = 4;
export const TILE = 4;
export const PANEL = 8;

/**
 * A batch is cut into this many lanes, each with a gradient of its own, and lanes are added in order: sums come in the same
 * order, and so to the same bits, however many threads there are.
 */
export const LANES = 4;

/** Words that threads meet at, each in a cache line of its own. */
export const control = {
  jobGeneration: 0,
  job: 64,
  barrierGeneration: 128,
  arrived: 192,
  threads: 256,
  /** One for each phase of a job: the next item that nobody has taken. */
  counters: 320,
} as const;

export const PHASES = 7;

const SCALARS = 1024;

/** Address of what changes from job to job, four bytes each: settings, the step's numbers, and what the step gives back. */
export const scalars = {
  /** Rows of this batch, and most picks of each. */
  rows: SCALARS,
  steps: SCALARS + 4,
  /** 0 or 1. */
  clamped: SCALARS + 8,
  stopsOnRepeat: SCALARS + 12,
  relativeThreshold: SCALARS + 16,
  absoluteSquare: SCALARS + 20,
  /** 1: codes count as constants in the gradient. */
  holdsCodes: SCALARS + 24,
  /** Of each row's squared error in the loss: 1 / B. */
  weight: SCALARS + 28,
  /** Times the sum of residuals, on each dead atom. */
  push: SCALARS + 32,
  trainsBias: SCALARS + 36,
  /** `normCodes`. */
  norm: SCALARS + 40,
  clip: SCALARS + 44,
  beta1: SCALARS + 48,
  beta2: SCALARS + 52,
  epsilon: SCALARS + 56,
  /** 1 - rate times weight decay. */
  kept: SCALARS + 60,
  /** rate / (1 - beta1^t) and 1 / (1 - beta2^t). */
  rate: SCALARS + 64,
  secondCorrection: SCALARS + 68,
  /** 1 - beta1 and 1 - beta2, rounded once from float64. */
  fresh1: SCALARS + 72,
  fresh2: SCALARS + 76,
  trainsAtoms: SCALARS + 84,
  /** Written by the kernels: square of the gradient's length before clipping. */
  gradientSquare: SCALARS + 80,
} as const;

export interface Layout {
  readonly shape: KernelShape;
  /** D and F, padded. */
  readonly width: number;
  readonly features: number;
  /** Rows of a lane. */
  readonly laneRows: number;
  /** Bytes of a row of D and of a row of F. */
  readonly rowBytes: number;
  readonly scoreBytes: number;
  /** Bytes from one lane's gradient to the next: F rows, the bias's, and the sum of residuals. */
  readonly gradientBytes: number;
  readonly at: Addresses;
  readonly pages: number;
}

/** [LANES laneRows ...] is written [B ...]. */
export interface Addresses {
  /** [B D] */
  readonly x: number;
  /** [B D] x - b_dec, then r_T. */
  readonly residual: number;
  /** [B] |r_T|^2 */
  readonly loss: number;
  /** [B] */
  readonly counts: number;
  /** [B T] */
  readonly picks: number;
  /** [B T] */
  readonly coefficients: number;
  /** [F + 1, D] atoms, then the bias; and Adam's moments of them. */
  readonly weights: number;
  readonly first: number;
  readonly second: number;
  /** [F / PANEL, D, PANEL] atoms, so that one load holds the same component of neighbouring atoms. */
  readonly packed: number;
  /** [F F] */
  readonly gram: number;
  /** [LANES, F + 2, D]; the whole gradient is at last in the first lane. */
  readonly gradient: number;
  /** [F + 1] squared lengths of the gradient's rows; padded. */
  readonly rowSquares: number;
  /** [F] 1 for a dead atom that is pushed, else 0. */
  readonly dead: number;
  /** [LANES TILE F] d_i . r of the samples at hand. */
  readonly scores: number;
  /** [LANES 2 D] of the way back: the gradient in the residual, and the residual. */
  readonly backward: number;
}

/** Largest memory of WebAssembly with 32-bit addresses. */
const LARGEST = 4 * 2 ** 30;

/** Throws Fault where it does not fit into 4 GiB (the Gram matrix alone takes 4 F^2 bytes). */
export function layoutOf(shape: KernelShape): Layout {
  const width = roundUp(shape.width, VECTOR);
  const features = roundUp(shape.features, PANEL);
  const laneRows = roundUp(Math.ceil(shape.rows / LANES), TILE);
  const rows = LANES * laneRows;
  const gradientRows = features + 2;
  const sizes: Readonly<Record<keyof Addresses, number>> = {
    x: rows * width,
    residual: rows * width,
    loss: rows,
    counts: rows,
    picks: rows * shape.steps,
    coefficients: rows * shape.steps,
    weights: (features + 1) * width,
    first: (features + 1) * width,
    second: (features + 1) * width,
    packed: features * width,
    gram: features * features,
    gradient: LANES * gradientRows * width,
    rowSquares: features + VECTOR,
    dead: features,
    scores: LANES * TILE * features,
    backward: LANES * 2 * width,
  };
  const { at, end } = placed(sizes);
  if (end > LARGEST) throw tooLarge(shape, end);
  return {
    shape,
    width,
    features,
    laneRows,
    rowBytes: 4 * width,
    scoreBytes: 4 * features,
    gradientBytes: 4 * gradientRows * width,
    at,
    pages: Math.ceil(end / PAGE),
  };
}

/** One after another, each at the start of a cache line. */
function placed(sizes: Readonly<Record<keyof Addresses, number>>): { at: Addresses; end: number } {
  let end = 2 * SCALARS;
  const entries = Object.entries(sizes).map(([name, floats]) => {
    const start = end;
    end = roundUp(start + 4 * floats, 64);
    return [name, start] as const;
  });
  return { at: Object.fromEntries(entries) as unknown as Addresses, end };
}

function tooLarge({ width, features, rows }: KernelShape, bytes: number): Fault {
  const gigabytes = (value: number) => `${(value / 2 ** 30).toFixed(1)} GiB`;
  return new Fault({
    what: 'matching pursuit of this size does not fit in memory',
    where: `${features} features of width ${width}, ${rows} rows at a time`,
    expected: `at most ${gigabytes(LARGEST)}`,
    got: gigabytes(bytes),
  });
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
