/** The hierarchical toy of the MP-SAE paper, trained by the recipe of the authors' repository. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { pursuitCodes } from '../../../sae/pursuit/pursuitCodes.ts';
import { PursuitKernels } from '../../../sae/pursuit/pursuitKernels.ts';
import { rowsInMemory } from '../../../sae/training/batches.ts';
import { conceptRecovery } from '../../../sae/toy/conceptRecovery.ts';
import { conceptPursuit as settings, conceptRecipe as recipe } from '../../../sae/toy/conceptRecipe.ts';
import { CONCEPTS, conceptRows, conceptVectors, parentOf } from '../../../sae/toy/conceptTree.ts';
import { job, trainedStates } from '../jobs.ts';

/** What was learned from 40,000 rows, and atoms that are active on average on 2,000 others. */
async function trained(seed: number, cosine: number, steps: number) {
  const random = seededRandom(seed);
  const vectors = conceptVectors(cosine, random);
  const source = rowsInMemory({ width: CONCEPTS, data: conceptRows(40_000, vectors, random) }, recipe.rows, seed);
  const size = { width: CONCEPTS, features: CONCEPTS };
  const states = await trainedStates(
    [job('matchingPursuit', { size, settings, training: { ...recipe, seed, steps } })],
    source,
  );
  const W_dec = states.get('matchingPursuit')?.weights.get('W_dec') as Float32Array;
  const kernels = await PursuitKernels.create({ ...size, rows: 2000, steps: 20 }, 1);
  kernels.write('weights', { W_dec, b_dec: new Float32Array(CONCEPTS) });
  const rule = { steps: 20, clamped: true, relativeThreshold: 0, absoluteThreshold: 0.05, stopsOnRepeat: true };
  const { values } = pursuitCodes(kernels.encode(conceptRows(2000, vectors, random), rule));
  await kernels.close();
  return { ...conceptRecovery(W_dec, vectors), l0: values.length / 2000 };
}

function expectTree({ match, absorption, l0 }: Awaited<ReturnType<typeof trained>>): void {
  expect(match).toBeGreaterThan(0.99);
  expect(absorption).toBeLessThan(0.01);
  expect(l0).toBeGreaterThan(1.3);
  expect(l0).toBeLessThan(1.45);
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);

describe('the toy tree', () => {
  it('has 1.36 active concepts on average, and a child only with its parent', () => {
    const [count, vectors] = [3000, conceptVectors(0, seededRandom(1))];
    const rows = conceptRows(count, vectors, seededRandom(2));
    const isOn = (row: number, concept: number) => {
      const x = Float64Array.from(rows.subarray(row * CONCEPTS, (row + 1) * CONCEPTS));
      return dot(x, vectors.subarray(concept * CONCEPTS, (concept + 1) * CONCEPTS)) > 0.1;
    };
    let [active, orphans] = [0, 0];
    for (let row = 0; row < count; row++) {
      const on = Array.from({ length: CONCEPTS }, (_, concept) => isOn(row, concept));
      active += on.filter(Boolean).length;
      orphans += [...parentOf].filter(([child, parent]) => on[child] === true && on[parent] === false).length;
    }
    expect(active / count).toBeCloseTo(1.36, 1);
    expect(orphans).toBe(0);
  });

  it.each([0, 0.3, 0.8])('has concepts with cosine %f within a level, and orthogonal ones else', (cosine) => {
    const vectors = conceptVectors(cosine, seededRandom(3));
    const vector = (i: number) => vectors.subarray(i * CONCEPTS, (i + 1) * CONCEPTS);
    expect(dot(vector(0), vector(0))).toBeCloseTo(1, 12);
    expect(dot(vector(0), vector(19))).toBeCloseTo(cosine, 12);
    expect(dot(vector(5), vector(7))).toBeCloseTo(cosine, 12);
    expect(dot(vector(1), vector(5))).toBeCloseTo(0, 12);
    expect(dot(vector(4), vector(5))).toBeCloseTo(0, 12);
  });

  it('is found by matching pursuit: every concept, no child absorbed, the true sparsity', async () => {
    expectTree(await trained(1, 0, 2000));
  });
});

// Every start ends with an error near nothing, but not every one at the tree: others need more atoms a row. So it does with the
// same recipe in PyTorch.
describe.runIf(process.env['HEADSCOPE_LONG'] === '1')('the toy tree with cosine .3 within levels', () => {
  it('is what the sparsest of several starts finds', async () => {
    const found = [];
    for (const seed of [1, 2, 3, 4]) found.push(await trained(seed, 0.3, 2000));
    expectTree(found.reduce((best, other) => (other.l0 < best.l0 ? other : best)));
  });
});
