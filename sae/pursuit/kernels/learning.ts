/** The way back through pursuits, and Adam. */
import type { FunctionBuilder, Local } from '../../wasm/functionBuilder.ts';
import type { I32, V128 } from '../../wasm/instructions.ts';
import { f32, f32x4, i32, v128 } from '../../wasm/instructions.ts';
import type { Callable, ModuleBuilder } from '../../wasm/moduleBuilder.ts';
import type { Layout } from './layout.ts';
import { LANES, scalars } from './layout.ts';
import { overVectors, sumOver } from '../../wasm/loops.ts';
import type { StepVectors } from '../../wasm/adam.ts';
import { adamRow, clipOf, dot, holdRow, normCodes, removeAlong } from '../../wasm/adam.ts';

/** Atoms and bias whose gradients one item of work brings together, and then steps. */
export const UPDATE_ROWS = 8;

/**
 * `backward(k)`: the gradient of weight |r_T|^2 summed over lane k's rows, and under it the sum of r_T (Atoms, bias and that
 * sum are rows of one matrix). The formulas are those of `pursuitGradient`.
 */
export function defineBackward(module: ModuleBuilder, layout: Layout): Callable<readonly ['i32']> {
  const { at, gradientBytes, laneRows, rowBytes, features } = layout;
  return module.define('backward', ['i32'], (f, lane) => {
    const gradient = f.keep(i32.add(at.gradient, i32.mul(lane, gradientBytes)));
    const g = f.keep(i32.add(at.backward, i32.mul(lane, 2 * rowBytes)));
    const before = f.keep(i32.add(g, rowBytes));
    const bias = f.keep(i32.add(gradient, features * rowBytes));
    const sum = f.keep(i32.add(bias, rowBytes));
    f.range(gradient, i32.add(gradient, gradientBytes), 16, (address) => f.do(v128.store(address, v128.zero())));
    const first = f.keep(i32.mul(lane, laneRows));
    const end = i32.min(i32.add(first, laneRows), i32.load(scalars.rows));
    const twice = f.keep(f32x4.splat(f32.mul(2, f32.load(scalars.weight))));
    f.range(first, f.keep(end), 1, (row) => {
      const residual = f.keep(i32.add(at.residual, i32.mul(row, rowBytes)));
      overVectors(f, rowBytes, (k, offset) => {
        const r = f.keep(v128.load(i32.add(residual, k), offset));
        f.do(v128.store(i32.add(before, k), r, offset), v128.store(i32.add(g, k), f32x4.mul(twice, r), offset));
        f.do(v128.store(i32.add(sum, k), f32x4.add(v128.load(i32.add(sum, k), offset), r), offset));
      });
      backwardThroughPicks(f, layout, row, { gradient, g, before });
      overVectors(f, rowBytes, (k, offset) => {
        const less = f32x4.sub(v128.load(i32.add(bias, k), offset), v128.load(i32.add(g, k), offset));
        f.do(v128.store(i32.add(bias, k), less, offset));
      });
    });
  });
}

interface Way {
  readonly gradient: Local<'i32'>;
  /** Gradient in r_t. */
  readonly g: Local<'i32'>;
  /** r_{t-1} once it was found again. */
  readonly before: Local<'i32'>;
}

function backwardThroughPicks(
  f: FunctionBuilder,
  { at, rowBytes, shape }: Layout,
  row: Local<'i32'>,
  { gradient, g, before }: Way,
): void {
  const list = f.keep(i32.mul(row, 4 * shape.steps));
  const t = f.keep(i32.add(list, i32.shl(i32.load(i32.add(at.counts, i32.shl(row, 2))), 2)));
  f.repeat((leave) => {
    leave(i32.eq(t, list));
    f.set(t, i32.sub(t, 4));
    const atomOffset = f.keep(i32.mul(i32.load(i32.add(at.picks, t)), rowBytes));
    const atom = f.keep(i32.add(at.weights, atomOffset));
    const into = f.keep(i32.add(gradient, atomOffset));
    const c = f.keep(f32x4.splat(f32.load(i32.add(at.coefficients, t))));
    f.when(
      i32.load(scalars.holdsCodes),
      () =>
        overVectors(f, rowBytes, (k, offset) => {
          const change = f32x4.mul(c, v128.load(i32.add(g, k), offset));
          f.do(v128.store(i32.add(into, k), f32x4.sub(v128.load(i32.add(into, k), offset), change), offset));
        }),
      () => backwardThroughPick(f, rowBytes, { atom, into, c, g, before }),
    );
  });
}

/** rr <- rr + c d,  h = -(d . g),  grad d += h rr - c g,  g <- g + h d. */
function backwardThroughPick(
  f: FunctionBuilder,
  rowBytes: number,
  { atom, into, c, g, before }: Readonly<Record<'atom' | 'into' | 'g' | 'before', Local<'i32'>>> & { c: Local<'v128'> },
): void {
  const along = sumOver(f, rowBytes, (k, offset) => {
    const d = f.keep(v128.load(i32.add(atom, k), offset));
    const r = f32x4.add(v128.load(i32.add(before, k), offset), f32x4.mul(c, d));
    f.do(v128.store(i32.add(before, k), r, offset));
    return f32x4.mul(d, v128.load(i32.add(g, k), offset));
  });
  const h = f.keep(f32x4.splat(f32.negate(along)));
  overVectors(f, rowBytes, (k, offset) => {
    const change = f.keep(v128.load(i32.add(g, k), offset));
    const part = f32x4.sub(f32x4.mul(h, v128.load(i32.add(before, k), offset)), f32x4.mul(c, change));
    f.do(v128.store(i32.add(into, k), f32x4.add(v128.load(i32.add(into, k), offset), part), offset));
    const next = f32x4.add(change, f32x4.mul(h, v128.load(i32.add(atom, k), offset)));
    f.do(v128.store(i32.add(g, k), next, offset));
  });
}

/**
 * `gather(b)`: for UPDATE_ROWS rows, the sum of the lanes' gradients; dead atoms get -push times the sum of residuals; on the
 * sphere the part along the atom goes, g <- g - (g . d / |d|^2) d; then |g|^2.
 */
export function defineGather(module: ModuleBuilder, layout: Layout): Callable<readonly ['i32']> {
  const { at, features, rowBytes } = layout;
  return module.define('gather', ['i32'], (f, block) => {
    overRows(f, layout, block, (row, offset) => {
      const gradient = f.keep(i32.add(at.gradient, offset));
      addLanes(f, layout, gradient, gradient);
      const isAtom = f.keep(i32.lt(row, features));
      f.when(isAtom, () => {
        pushDead(f, layout, row, gradient);
        f.when(i32.eq(i32.load(scalars.norm), normCodes.sphere), () =>
          removeAlong(f, rowBytes, gradient, f.keep(i32.add(at.weights, offset))),
        );
      });
      const trains = f32.select(isAtom, f32.load(scalars.trainsAtoms), f32.load(scalars.trainsBias));
      f.when(f32.lt(trains, 1), () => setZero(f, rowBytes, gradient));
      const square = dot(f, rowBytes, gradient, gradient);
      f.do(f32.store(i32.add(at.rowSquares, i32.shl(row, 2)), square));
    });
  });
}

function setZero(f: FunctionBuilder, rowBytes: number, row: Local<'i32'>): void {
  overVectors(f, rowBytes, (k, offset) => f.do(v128.store(i32.add(row, k), v128.zero(), offset)));
}

/** target <- sum over lanes of the row of this gradient */
function addLanes(f: FunctionBuilder, { gradientBytes, rowBytes }: Layout, row: Local<'i32'>, target: I32): void {
  overVectors(f, rowBytes, (k, offset) => {
    const lane = (i: number) => v128.load(i32.add(row, k), offset + i * gradientBytes);
    const others = Array.from({ length: LANES - 1 }, (_, i) => lane(i + 1));
    f.do(
      v128.store(
        i32.add(target, k),
        others.reduce((sum, other) => f32x4.add(sum, other), lane(0)),
        offset,
      ),
    );
  });
}

function pushDead(f: FunctionBuilder, layout: Layout, row: Local<'i32'>, gradient: Local<'i32'>): void {
  const { at, features, gradientBytes, rowBytes } = layout;
  f.when(f32.gt(f32.load(i32.add(at.dead, i32.shl(row, 2))), 0), () => {
    const push = f.keep(f32x4.splat(f32.load(scalars.push)));
    const residuals = at.gradient + (features + 1) * rowBytes;
    overVectors(f, rowBytes, (k, offset) => {
      const lanes = Array.from({ length: LANES }, (_, i): V128 =>
        v128.load(i32.add(residuals, k), offset + i * gradientBytes),
      );
      const change = f32x4.mul(
        push,
        lanes.reduce((sum, lane) => f32x4.add(sum, lane)),
      );
      f.do(v128.store(i32.add(gradient, k), f32x4.sub(v128.load(i32.add(gradient, k), offset), change), offset));
    });
  });
}

/**
 * `update(b)`: for UPDATE_ROWS rows, with g scaled by min(1, clip / (|g| + 1e-6)) over the whole gradient:
 * m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,
 * w <- w (1 - rate decay) - rate m c1 / (sqrt(v c2) + epsilon)  (Adam, Kingma and Ba 2015; decay, Loshchilov and Hutter 2019,
 * on atoms only); then atoms are held to the ball, d / max(1, |d|), or to the sphere, d / |d|.
 */
export function defineUpdate(module: ModuleBuilder, layout: Layout): Callable<readonly ['i32']> {
  const { at, features, rowBytes } = layout;
  return module.define('update', ['i32'], (f, block) => {
    const step = stepVectors(f, layout);
    overRows(f, layout, block, (row, offset) => {
      const isAtom = f.keep(i32.lt(row, features));
      const kept = f.keep(f32x4.splat(f32.select(isAtom, f32.load(scalars.kept), 1)));
      const weight = f.keep(i32.add(at.weights, offset));
      const [gradient, first, second] = [at.gradient, at.first, at.second].map((base) =>
        f.keep(i32.add(base, offset)),
      ) as [Local<'i32'>, Local<'i32'>, Local<'i32'>];
      adamRow(f, rowBytes, { weight, gradient, first, second }, kept, step);
      const norm = i32.load(scalars.norm);
      f.when(i32.and(isAtom, i32.ne(norm, normCodes.free)), () => holdRow(f, rowBytes, norm, weight));
    });
  });
}

function stepVectors(f: FunctionBuilder, { at, features }: Layout): StepVectors {
  const fed = (address: number) => f.keep(f32x4.splat(f32.load(address)));
  // Rows after the bias are zeros.
  const square = sumOver(f, 4 * (features + 4), (k, offset) => v128.load(i32.add(at.rowSquares, k), offset));
  f.do(f32.store(scalars.gradientSquare, square));
  return {
    beta1: fed(scalars.beta1),
    beta2: fed(scalars.beta2),
    fresh1: fed(scalars.fresh1),
    fresh2: fed(scalars.fresh2),
    rate: fed(scalars.rate),
    correction: fed(scalars.secondCorrection),
    epsilon: fed(scalars.epsilon),
    clip: f.keep(f32x4.splat(clipOf(square, f32.load(scalars.clip)))),
  };
}

/** Rows of atoms and bias of a block of work: their numbers, and their distance from the first in bytes. */
function overRows(
  f: FunctionBuilder,
  { features, rowBytes }: Layout,
  block: Local<'i32'>,
  body: (row: Local<'i32'>, offset: Local<'i32'>) => void,
): void {
  const first = f.keep(i32.mul(block, UPDATE_ROWS));
  f.range(first, f.keep(i32.min(i32.add(first, UPDATE_ROWS), features + 1)), 1, (row) =>
    body(row, f.keep(i32.mul(row, rowBytes))),
  );
}
