/** Selections against sorting. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { Selected } from '../../../sae/steps/selection.ts';
import { selectFromAll, selectFromRows, selectPositive } from '../../../sae/steps/selection.ts';

function lists(rows: number, entries: number): Selected {
  return { starts: new Int32Array(rows + 1), indices: new Int32Array(entries), values: new Float32Array(entries) };
}

/** Dense codes of lists. */
function dense({ starts, indices, values }: Selected, features: number): number[] {
  const rows = starts.length - 1;
  const codes = Array<number>(rows * features).fill(0);
  for (let row = 0; row < rows; row++)
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++)
      codes[row * features + (indices[at] as number)] = values[at] as number;
  return codes;
}

/** The largest of `places`, of equal ones the first, that are above 0. */
function kept(p: ArrayLike<number>, places: readonly number[], count: number): number[] {
  const value = (at: number) => p[at] as number;
  const order = places.toSorted((a, b) => value(b) - value(a) || a - b);
  return order.slice(0, count).filter((at) => value(at) > 0);
}

const features = 17;
const rows = 9;
const places = (row: number) => Array.from({ length: features }, (_, i) => row * features + i);

/** Normal values, or few different ones so that many are equal. */
function drawn(seed: number, isCoarse: boolean): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: rows * features }, () => {
    const value = random.normal();
    return isCoarse ? Math.round(value) : value;
  });
}

describe.each([false, true])('with many equal values: %s', (isCoarse) => {
  it.each([1, 2, 5, 17])('the %i largest of each sample', (k) => {
    const p = drawn(k, isCoarse);
    const into = lists(rows, rows * k);
    selectFromRows(p, features, k, into);
    const wanted = new Set(Array.from({ length: rows }, (_, row) => kept(p, places(row), k)).flat());
    expect(dense(into, features)).toEqual(Array.from(p, (value, i) => (wanted.has(i) ? value : 0)));
  });

  it.each([1, 7, 40, 153])('the %i largest of all', (count) => {
    const p = drawn(count, isCoarse);
    const into = lists(rows, count);
    selectFromAll(p, features, count, into);
    const wanted = new Set(kept(p, Array.from(p.keys()), count));
    expect(dense(into, features)).toEqual(Array.from(p, (value, i) => (wanted.has(i) ? value : 0)));
  });

  it('candidates alone', () => {
    const p = drawn(3, isCoarse);
    const isCandidate = Float32Array.from({ length: features }, (_, i) => Number(i % 3 === 0));
    const into = lists(rows, rows * 4);
    selectFromRows(p, features, 4, into, isCandidate);
    const of = (row: number) => places(row).filter((at) => isCandidate[at % features] === 1);
    const wanted = new Set(Array.from({ length: rows }, (_, row) => kept(p, of(row), 4)).flat());
    expect(dense(into, features)).toEqual(Array.from(p, (value, i) => (wanted.has(i) ? value : 0)));
  });
});

it('nothing above 0 gives no codes', () => {
  const into = lists(2, 8);
  selectFromRows(new Float32Array(10).fill(-1), 5, 4, into);
  expect([...into.starts]).toEqual([0, 0, 0]);
  selectFromAll(new Float32Array(10), 5, 8, into);
  expect([...into.starts]).toEqual([0, 0, 0]);
});

describe('what is no number', () => {
  it.each([1, 3, 100])('is never selected, nor written beyond the lists: %i', (count) => {
    const p = Float32Array.from([2, NaN, -1, NaN, Infinity, 3]);
    // The NaN that processors make has its sign bit set, and JavaScript's has not.
    new Int32Array(p.buffer)[3] = -0x400000;
    const into = lists(2, count);
    selectFromAll(p, 3, count, into);
    expect(dense(into, 3)).toEqual(
      [
        [0, 0, 0, 0, Infinity, 0],
        [2, 0, 0, 0, Infinity, 3],
      ][Math.min(1, count - 1)],
    );
    for (const bits of [0x7fc00000, -0x400000]) {
      const nothing = lists(2, count);
      selectFromAll(new Float32Array(new Int32Array(6).fill(bits).buffer), 3, count, nothing);
      expect([...nothing.starts]).toEqual([0, 0, 0]);
    }
  });
});

describe('all above 0', () => {
  it.each([1, 2])('is what ReLU keeps (seed %i)', (seed) => {
    const p = drawn(seed, seed === 2);
    const found = lists(rows, rows * features);
    expect(selectPositive(p, features, found)).toBe(true);
    expect(dense(found, features)).toEqual([...p].map((value) => (value > 0 ? value : 0)));
  });

  it('has to fit', () => {
    const p = Float32Array.of(1, 0, -1, 2, NaN, 3);
    expect(selectPositive(p, 3, lists(2, 3))).toBe(true);
    expect(selectPositive(p, 3, lists(2, 2))).toBe(false);
  });
});
