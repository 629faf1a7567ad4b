/** The pursuit of one sample in the Gram form, and of a lane of samples. */
import type { FunctionBuilder, Local } from '../../wasm/functionBuilder.ts';
import type { I32 } from '../../wasm/instructions.ts';
import { f32, f32x4, i32, i32x4, v128 } from '../../wasm/instructions.ts';
import type { Callable, ModuleBuilder } from '../../wasm/moduleBuilder.ts';
import type { Layout } from './layout.ts';
import { scalars, TILE } from './layout.ts';
import { acrossLanes, overVectors, STEP, sumOver, unrolling } from '../../wasm/loops.ts';

/** The largest score: its value in every lane and alone, and where it is, in bytes from the first. */
interface Largest {
  readonly values: Local<'v128'>;
  readonly value: Local<'f32'>;
  readonly offset: Local<'i32'>;
}

/**
 * `pursue(row, scores)`: from r_0 = x - b_dec at `residual` and its products with all atoms at `scores`:
 * j = argmax alpha,  c = alpha_j,  alpha <- alpha - c G[j, :],  |r|^2 <- |r|^2 - c^2 (2 - G[j, j]);
 * then r_T = r_0 - sum of c_t d_{j_t} from the picks, and |r_T|^2.
 */
export function definePursue(module: ModuleBuilder, layout: Layout): Callable<readonly ['i32', 'i32']> {
  const { at, rowBytes, features, shape } = layout;
  return module.define('pursue', ['i32', 'i32'], (f, row, scores) => {
    const residual = f.keep(i32.add(at.residual, i32.mul(row, rowBytes)));
    const picks = f.keep(i32.add(at.picks, i32.mul(row, 4 * shape.steps)));
    const coefficients = f.keep(i32.add(at.coefficients, i32.mul(row, 4 * shape.steps)));
    const left = squareOf(f, residual, rowBytes);
    const threshold = f.keep(
      f32.max(f32.mul(f32.load(scalars.relativeThreshold), left), f32.load(scalars.absoluteSquare)),
    );
    const largest: Largest = { values: f.v128(), value: f.f32(), offset: f.i32() };
    const [done, repeated] = [f.i32(0), f.i32(0)];
    findLargest(f, layout, scores, largest, null);
    f.repeat((leave) => {
      const { value: c, offset } = largest;
      // Also where it is NaN.
      leave(i32.not(f32.gt(f32.select(i32.load(scalars.clamped), c, f32.abs(c)), 0)));
      findOffset(f, layout, scores, largest);
      f.set(repeated, i32.constant(0));
      f.when(i32.load(scalars.stopsOnRepeat), () =>
        f.range(0, done, 4, (t) =>
          f.set(repeated, i32.or(repeated, i32.eq(i32.load(i32.add(picks, t)), pickOf(offset)))),
        ),
      );
      f.do(i32.store(i32.add(picks, done), pickOf(offset)), f32.store(i32.add(coefficients, done), c));
      f.set(done, i32.add(done, 4));
      const gramRow = f.keep(i32.add(at.gram, i32.mul(offset, features)));
      f.set(left, f32.sub(left, f32.mul(f32.mul(c, c), f32.sub(2, f32.load(i32.add(gramRow, offset))))));
      leave(i32.ge(done, i32.shl(i32.load(scalars.steps), 2)));
      leave(f32.lt(left, threshold));
      leave(repeated);
      findLargest(f, layout, scores, largest, gramRow);
    });
    f.do(i32.store(i32.add(at.counts, i32.shl(row, 2)), i32.shr(done, 2)));
    f.range(0, done, 4, (t) => {
      const atom = f.keep(i32.add(at.weights, i32.mul(i32.load(i32.add(picks, t)), rowBytes)));
      subtractScaled(f, rowBytes, residual, f.keep(f32x4.splat(f32.load(i32.add(coefficients, t)))), atom);
    });
    f.do(f32.store(i32.add(at.loss, i32.shl(row, 2)), squareOf(f, residual, rowBytes)));
  });
}

/** `lane(k)`: pursuits of lane k's rows of the batch, TILE at a time. */
export function defineLane(
  module: ModuleBuilder,
  layout: Layout,
  products: Callable<readonly ['i32', 'i32', 'i32']>,
  pursue: Callable<readonly ['i32', 'i32']>,
): Callable<readonly ['i32']> {
  const { at, laneRows, rowBytes, scoreBytes } = layout;
  return module.define('lane', ['i32'], (f, lane) => {
    const scores = f.keep(i32.add(at.scores, i32.mul(lane, TILE * scoreBytes)));
    const first = f.keep(i32.mul(lane, laneRows));
    const end = f.keep(i32.min(i32.add(first, laneRows), i32.load(scalars.rows)));
    f.range(first, end, TILE, (tile) => {
      for (let r = 0; r < TILE; r++) centre(f, layout, f.keep(i32.mul(i32.add(tile, r), rowBytes)));
      f.do(products(i32.add(at.residual, i32.mul(tile, rowBytes)), scores, 0));
      excludePadding(f, layout, scores);
      f.range(0, i32.min(TILE, i32.sub(end, tile)), 1, (r) =>
        f.do(pursue(i32.add(tile, r), i32.add(scores, i32.mul(r, scoreBytes)))),
      );
    });
  });
}

/** r_0 = x - b_dec of the row at this distance from the first. */
function centre(f: FunctionBuilder, { at, features, rowBytes }: Layout, row: Local<'i32'>): void {
  const [x, bias, residual] = [i32.add(at.x, row), at.weights + features * rowBytes, i32.add(at.residual, row)];
  const [from, to] = [f.keep(x), f.keep(residual)];
  overVectors(f, rowBytes, (k, offset) => {
    const value = f32x4.sub(v128.load(i32.add(from, k), offset), v128.load(i32.add(bias, k), offset));
    f.do(v128.store(i32.add(to, k), value, offset));
  });
}

/** Atoms that only fill up the last panel must not win, not even where all other products are negative. */
function excludePadding(f: FunctionBuilder, { features, shape, scoreBytes }: Layout, scores: Local<'i32'>): void {
  for (let r = 0; r < TILE; r++) {
    for (let i = shape.features; i < features; i++) f.do(f32.store(scores, -Infinity, r * scoreBytes + 4 * i));
  }
}

/**
 * The largest score, after c times a row of G was taken off all of them where one is given. In the same pass: the largest of
 * each lane, and the first block of vectors in which it was met.
 */
function findLargest(
  f: FunctionBuilder,
  { scoreBytes }: Layout,
  scores: I32,
  { values, value, offset }: Largest,
  gramRow: Local<'i32'> | null,
): void {
  const times = unrolling(scoreBytes / STEP);
  const c = f.keep(f32x4.splat(value));
  const [best, block] = [f.keep(f32x4.splat(-Infinity)), f.keep(i32x4.splat(0))];
  f.range(0, scoreBytes, STEP * times, (from) => {
    const [here, row] = [f.keep(i32.add(scores, from)), gramRow === null ? null : f.keep(i32.add(gramRow, from))];
    const largest = f.v128(f32x4.splat(-Infinity));
    for (let i = 0; i < times; i++) {
      const before = v128.load(here, STEP * i);
      const alpha = f.keep(row === null ? before : f32x4.sub(before, f32x4.mul(c, v128.load(row, STEP * i))));
      if (row !== null) f.do(v128.store(here, alpha, STEP * i));
      f.set(largest, f32x4.pmax(largest, alpha));
    }
    const better = f.keep(f32x4.gt(largest, best));
    f.set(block, v128.select(better, i32x4.splat(from), block));
    f.set(best, f32x4.pmax(best, largest));
  });
  f.set(values, acrossLanes(f, best, f32x4.pmax));
  f.set(value, f32x4.lane(values, 0));
  const candidates = v128.select(f32x4.eq(best, values), block, i32x4.splat(-1));
  f.set(offset, i32x4.lane(acrossLanes(f, candidates, i32x4.minUnsigned), 0));
}

/** From the block that holds the largest score to the first place in it that does. */
function findOffset(f: FunctionBuilder, { scoreBytes }: Layout, scores: I32, { values, offset }: Largest): void {
  const times = unrolling(scoreBytes / STEP);
  const [block, found] = [f.keep(i32.add(scores, offset)), f.i32()];
  f.block((leave) => {
    for (let i = 0; i < times; i++) {
      f.set(found, i32x4.bitmask(f32x4.eq(v128.load(block, STEP * i), values)));
      f.when(found, () => {
        f.set(offset, i32.add(i32.add(offset, STEP * i), i32.shl(i32.trailingZeros(found), 2)));
        leave();
      });
    }
  });
}

/** j, from where its score is. */
function pickOf(offset: Local<'i32'>): I32 {
  return i32.shr(offset, 2);
}

/** into <- into - c atom */
function subtractScaled(
  f: FunctionBuilder,
  bytes: number,
  into: Local<'i32'>,
  c: Local<'v128'>,
  atom: Local<'i32'>,
): void {
  overVectors(f, bytes, (k, offset) => {
    const less = f32x4.sub(v128.load(i32.add(into, k), offset), f32x4.mul(c, v128.load(i32.add(atom, k), offset)));
    f.do(v128.store(i32.add(into, k), less, offset));
  });
}

function squareOf(f: FunctionBuilder, row: Local<'i32'>, bytes: number): Local<'f32'> {
  return sumOver(f, bytes, (k, offset) => {
    const value = f.keep(v128.load(i32.add(row, k), offset));
    return f32x4.mul(value, value);
  });
}
