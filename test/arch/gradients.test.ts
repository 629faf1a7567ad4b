/** Every family's gradients against PyTorch's autograd in float64. */
import { describe, expect, it } from 'vitest';
import { architectures } from '../../engine/arch/index.ts';
import { gradientFolders, gradientsOf } from './gradientGolden.ts';

/** Of the golden's largest magnitude, in float64 (8.6e-7 is the largest seen: the goldens are stored as float32, and so are rotary tables). */
const TOLERANCE = 1e-5;
/** In float32 (4.3e-6 is the largest seen): its spacing of 6e-8, over sums of a few hundred terms that cancel in part. */
const TOLERANCE_FLOAT32 = 2e-5;

/** Differences that are too large, as text; a name that one side lacks is one. */
function tooFar(
  expected: ReadonlyMap<string, Float64Array>,
  got: ReadonlyMap<string, Float64Array>,
  tolerance: number,
): string[] {
  const all = Math.max(...[...expected.values()].map(largest));
  const missing = [...got.keys()].filter((name) => !expected.has(name)).map((name) => `${name}: no golden`);
  return [...expected].reduce<string[]>((found, [name, values]) => {
    // Some are 0 but for rounding: a bias of keys moves all scores of a query alike.
    const unit = largest(values) < 1e-9 * all ? all : largest(values);
    const difference = largest(values.map((value, i) => value - (got.get(name)?.[i] ?? NaN))) / unit;
    return difference <= tolerance ? found : [...found, `${name}: ${difference}`];
  }, missing);
}

/** NaN counts as infinite. */
function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Number.isNaN(value) ? Infinity : Math.abs(value)), 0);
}

describe('gradients of a whole model, block by block', () => {
  it.each(gradientFolders.map(({ folder }) => folder))(
    '%s has those of autograd at every site and weight',
    async (folder) => {
      const { expected, reference, lowered } = await gradientsOf(folder);
      expect(tooFar(expected, reference, TOLERANCE)).toEqual([]);
      expect(tooFar(expected, lowered, TOLERANCE_FLOAT32)).toEqual([]);
    },
  );

  it('are there for every family', () => {
    const families = new Set(gradientFolders.map(({ family }) => family));
    expect([...families].sort()).toEqual(architectures.map(({ id }) => id).sort());
  });
});
