/** The writer of WebAssembly: numbers, control flow and each instruction, run by the engine that runs the kernels. */
import { describe, expect, it } from 'vitest';
import { float32, signed, unsigned } from '../../../sae/wasm/bytes.ts';
import type { FunctionBuilder } from '../../../sae/wasm/functionBuilder.ts';
import type { F32, I32, V128 } from '../../../sae/wasm/instructions.ts';
import { atomics, f32, f32x4, i32, i32x4, v128 } from '../../../sae/wasm/instructions.ts';
import { ModuleBuilder } from '../../../sae/wasm/moduleBuilder.ts';
import { Instance, Memory, Module } from '../../../sae/wasm/webAssembly.ts';

/** Runs statements over one page of memory, which is given back. */
function run(write: (f: FunctionBuilder) => void, start: readonly number[] = []): Float32Array {
  const builder = new ModuleBuilder(1, { shared: true });
  builder.define('main', [], write);
  const memory = new Memory({ initial: 1, maximum: 1, shared: true });
  const floats = new Float32Array(memory.buffer);
  floats.set(start);
  new Instance(new Module(builder.bytes()), { env: { memory } }).exports['main']?.();
  return floats;
}

const integerOf = (value: I32) => new Int32Array(run((f) => f.do(i32.store(0, value))).buffer)[0];
const floatOf = (value: F32) => run((f) => f.do(f32.store(0, value)))[0];
const lanesOf = (value: V128, start: readonly number[] = []) => [
  ...run((f) => f.do(v128.store(64, value)), start).slice(16, 20),
];

describe('numbers in the binary format', () => {
  it.each([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [624485, [0xe5, 0x8e, 0x26]],
  ])('unsigned %i', (value, bytes) => {
    expect(unsigned(value)).toEqual(bytes);
  });

  it.each([
    [0, [0]],
    [63, [63]],
    [64, [0xc0, 0]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
  ])('signed %i', (value, bytes) => {
    expect(signed(value)).toEqual(bytes);
  });

  it.each([0, 1, -1, 0x7fffffff, -0x80000000, 12345678])('%i comes back', (value) => {
    expect(integerOf(value)).toBe(value);
  });

  it('float32 is little endian', () => {
    expect(float32(1)).toEqual([0, 0, 0x80, 0x3f]);
  });
});

describe('instructions', () => {
  it.each([
    ['add', i32.add(2, 3), 5],
    ['sub', i32.sub(2, 3), -1],
    ['mul', i32.mul(-2, 3), -6],
    ['and', i32.and(12, 10), 8],
    ['or', i32.or(12, 10), 14],
    ['shl', i32.shl(3, 4), 48],
    ['eq', i32.eq(3, 3), 1],
    ['ne', i32.ne(3, 3), 0],
    ['lt, unsigned', i32.lt(-1, 3), 0],
    ['ge, unsigned', i32.ge(3, 3), 1],
    ['not', i32.not(0), 1],
    ['min', i32.min(7, 5), 5],
    ['min of the first', i32.min(5, 7), 5],
    ['trailing zeros', i32.trailingZeros(40), 3],
    ['f32.lt', f32.lt(1, 2), 1],
    ['f32.gt of NaN', f32.gt(NaN, 2), 0],
  ])('i32 %s', (_, value, expected) => {
    expect(integerOf(value)).toBe(expected);
  });

  it.each([
    ['add', f32.add(1.5, 2), 3.5],
    ['sub', f32.sub(1.5, 2), -0.5],
    ['mul', f32.mul(1.5, 2), 3],
    ['div', f32.div(1.5, 2), 0.75],
    ['min', f32.min(1.5, 2), 1.5],
    ['max', f32.max(1.5, 2), 2],
    ['abs', f32.abs(-2), 2],
    ['negate', f32.negate(2), -2],
    ['sqrt', f32.sqrt(9), 3],
  ])('f32 %s', (_, value, expected) => {
    expect(floatOf(value)).toBe(expected);
  });

  const [low, high] = [v128.load(0), v128.load(16)];
  const start = [1, 4, 9, 16, 5, 4, 3, 2];
  it.each([
    ['add', f32x4.add(low, high), [6, 8, 12, 18]],
    ['sub', f32x4.sub(low, high), [-4, 0, 6, 14]],
    ['mul', f32x4.mul(low, high), [5, 16, 27, 32]],
    ['div', f32x4.div(low, high), [0.2, 1, 3, 8]],
    ['sqrt', f32x4.sqrt(low), [1, 2, 3, 4]],
    ['pmax', f32x4.pmax(low, high), [5, 4, 9, 16]],
    ['splat', f32x4.splat(7), [7, 7, 7, 7]],
    ['loadSplat', v128.loadSplat(8), [9, 9, 9, 9]],
    ['zero', v128.zero(), [0, 0, 0, 0]],
    ['select', v128.select(f32x4.gt(low, high), low, high), [5, 4, 9, 16]],
    ['shuffle', i32x4.shuffle(low, high, [3, 4, 0, 7]), [16, 5, 1, 2]],
  ])('f32x4 %s', (_, value, expected) => {
    expect(lanesOf(value, start)).toEqual(expected.map(Math.fround));
  });

  it('pmax lets no NaN of its second operand through', () => {
    expect(lanesOf(f32x4.pmax(low, high), [1, 2, 3, 4, NaN, 5, NaN, 0])).toEqual([1, 5, 3, 4]);
  });

  it('takes lanes and masks apart', () => {
    const found = run((f) => {
      f.do(f32.store(64, f32x4.lane(v128.load(0), 2)));
      f.do(i32.store(68, i32x4.bitmask(f32x4.eq(v128.load(0), v128.load(16)))));
      f.do(i32.store(72, i32x4.lane(i32x4.minUnsigned(i32x4.splat(5), i32x4.splat(3)), 1)));
    }, start);
    expect(found[16]).toBe(9);
    expect([...new Int32Array(found.buffer).slice(17, 19)]).toEqual([2, 3]);
  });

  it('atomics change memory and give what was there', () => {
    const words = new Int32Array(
      run((f) => {
        f.do(atomics.store(0, 5), i32.store(4, atomics.fetchAdd(0, 3)), i32.store(8, atomics.load(0)));
        // Not what is expected there: nobody sleeps.
        f.do(atomics.wait(0, 1), atomics.notify(0));
      }).buffer,
    );
    expect([...words.slice(0, 3)]).toEqual([8, 5, 8]);
  });
});

describe('control flow', () => {
  it('loops, branches and leaves from within', () => {
    const words = new Int32Array(
      run((f) => {
        const [sum, odd] = [f.i32(0), f.i32(0)];
        f.range(0, 100, 1, (i) => {
          f.block((leave) => {
            leave(i32.ge(i, 10));
            f.when(
              i32.and(i, 1),
              () => f.set(odd, i32.add(odd, 1)),
              () => f.set(sum, i32.add(sum, i)),
            );
          });
        });
        f.do(i32.store(0, sum), i32.store(4, odd));
      }).buffer,
    );
    expect([...words.slice(0, 2)]).toEqual([20, 5]);
  });

  it('a range from its end is empty', () => {
    expect(run((f) => f.range(3, 3, 1, () => f.do(f32.store(0, 1))))[0]).toBe(0);
  });

  it('functions call functions', () => {
    const builder = new ModuleBuilder(1, { shared: true });
    const put = builder.define('put', ['i32', 'f32'], (f, address, value) => f.do(f32.store(address, value)));
    builder.define('main', [], (f) => f.do(put(4, 2.5)));
    const memory = new Memory({ initial: 1, maximum: 1, shared: true });
    new Instance(new Module(builder.bytes()), { env: { memory } }).exports['main']?.();
    expect(new Float32Array(memory.buffer)[1]).toBe(2.5);
  });
});
