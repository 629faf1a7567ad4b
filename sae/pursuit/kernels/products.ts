/** W_dec r for several rows at once, and the Gram matrix. */
import type { Local } from '../../wasm/functionBuilder.ts';
import { f32, f32x4, i32, i32x4, v128 } from '../../wasm/instructions.ts';
import type { Callable, ModuleBuilder } from '../../wasm/moduleBuilder.ts';
import type { Layout } from './layout.ts';
import { PANEL, TILE, VECTOR } from './layout.ts';
import { STEP } from '../../wasm/loops.ts';

const FLOAT = 4;

/** `pack(p)`: copies the atoms of panel p so that component k of all of them is in one place. */
export function definePack(module: ModuleBuilder, { at, width, rowBytes }: Layout): Callable<readonly ['i32']> {
  return module.define('pack', ['i32'], (f, panel) => {
    const from = f.keep(i32.add(at.weights, i32.mul(panel, PANEL * rowBytes)));
    const to = f.keep(i32.add(at.packed, i32.mul(panel, PANEL * rowBytes)));
    f.range(0, width * FLOAT, FLOAT, (k) => {
      const [source, target] = [f.keep(i32.add(from, k)), f.keep(i32.add(to, i32.mul(k, PANEL)))];
      for (let i = 0; i < PANEL; i++) f.do(f32.store(target, f32.load(source, i * rowBytes), i * FLOAT));
    });
  });
}

/**
 * `products(rows, out, panel)`: out[r, i] = sum over k of rows[r, k] W_dec[i, k], k ascending, for TILE rows and the atoms from
 * this panel on. A tile of TILE x PANEL sums stays in registers while k runs.
 */
export function defineProducts(module: ModuleBuilder, layout: Layout): Callable<readonly ['i32', 'i32', 'i32']> {
  const { at, rowBytes, scoreBytes, features } = layout;
  const panelBytes = PANEL * rowBytes;
  return module.define('products', ['i32', 'i32', 'i32'], (f, rows, out, firstPanel) => {
    f.range(firstPanel, features / PANEL, 1, (panel) => {
      const sums = grid(TILE, PANEL / VECTOR, () => f.v128(v128.zero()));
      const packed = f.keep(i32.add(at.packed, i32.mul(panel, panelBytes)));
      f.range(rows, i32.add(rows, rowBytes), VECTOR * FLOAT, (x) => {
        for (let k = 0; k < VECTOR; k++) {
          const atoms = [0, 1].map((half) => f.keep(v128.load(packed, k * PANEL * FLOAT + half * STEP)));
          sums.forEach((row, r) => {
            const value = f.keep(v128.loadSplat(x, r * rowBytes + k * FLOAT));
            row.forEach((sum, half) => f.set(sum, f32x4.add(sum, f32x4.mul(value, atoms[half] as Local<'v128'>))));
          });
        }
        f.set(packed, i32.add(packed, VECTOR * PANEL * FLOAT));
      });
      const target = f.keep(i32.add(out, i32.mul(panel, PANEL * FLOAT)));
      sums.forEach((row, r) => row.forEach((sum, half) => f.do(v128.store(target, sum, r * scoreBytes + half * STEP))));
    });
  });
}

/** `gram(b)`: rows TILE b ... of G = W_dec W_dec^T, from the panel that holds the diagonal on. */
export function defineGram(
  module: ModuleBuilder,
  { at, rowBytes, scoreBytes }: Layout,
  products: Callable<readonly ['i32', 'i32', 'i32']>,
): Callable<readonly ['i32']> {
  return module.define('gram', ['i32'], (f, block) => {
    const rows = i32.add(at.weights, i32.mul(block, TILE * rowBytes));
    const out = i32.add(at.gram, i32.mul(block, TILE * scoreBytes));
    f.do(products(rows, out, i32.shr(i32.mul(block, TILE), Math.log2(PANEL))));
  });
}

/** `mirror(b)`: what `gram(b)` left out of its rows, from the columns that hold the same numbers. */
export function defineMirror(module: ModuleBuilder, { at, scoreBytes }: Layout): Callable<readonly ['i32']> {
  return module.define('mirror', ['i32'], (f, block) => {
    const row = f.keep(i32.add(at.gram, i32.mul(block, TILE * scoreBytes)));
    const column = f.keep(i32.add(at.gram, i32.mul(block, TILE * FLOAT)));
    const before = i32.shl(i32.shr(i32.mul(block, TILE), Math.log2(PANEL)), Math.log2(PANEL * FLOAT));
    f.range(0, f.keep(before), STEP, (left) => {
      const source = f.keep(i32.add(column, i32.mul(left, scoreBytes / FLOAT)));
      const target = f.keep(i32.add(row, left));
      const load = (i: number) => f.keep(v128.load(source, i * scoreBytes));
      // Transposed: neighbouring rows woven into each other, then halves put together.
      const weave = (a: Local<'v128'>, b: Local<'v128'>) => ({
        low: f.keep(i32x4.shuffle(a, b, [0, 4, 1, 5])),
        high: f.keep(i32x4.shuffle(a, b, [2, 6, 3, 7])),
      });
      const [upper, lower] = [weave(load(0), load(1)), weave(load(2), load(3))];
      f.do(v128.store(target, i32x4.shuffle(upper.low, lower.low, [0, 1, 4, 5])));
      f.do(v128.store(target, i32x4.shuffle(upper.low, lower.low, [2, 3, 6, 7]), scoreBytes));
      f.do(v128.store(target, i32x4.shuffle(upper.high, lower.high, [0, 1, 4, 5]), 2 * scoreBytes));
      f.do(v128.store(target, i32x4.shuffle(upper.high, lower.high, [2, 3, 6, 7]), 3 * scoreBytes));
    });
  });
}

function grid<T>(rows: number, columns: number, make: () => T): readonly (readonly T[])[] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, make));
}
