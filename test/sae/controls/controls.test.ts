import { describe, expect, it } from 'vitest';
import { controls } from '../../../sae/controls/index.ts';
import type { ControlInput } from '../../../sae/controls/control.ts';
import { frozenDecoder } from '../../../sae/controls/frozenDecoder.ts';
import type { Attribute } from '../../../sae/controls/supervised.ts';
import { attributeCodes, supervised } from '../../../sae/controls/supervised.ts';
import { untrained } from '../../../sae/controls/untrained.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { weightOf } from '../../../sae/dictionary.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import { codeShares } from '../../../sae/measures/codeShares.ts';
import { measured } from '../../../sae/measures/index.ts';
import type { Rows } from '../../../sae/rows.ts';
import { rowsInMemory } from '../../../sae/training/batches.ts';
import { jobOf } from '../../../sae/training/job.ts';
import { trainedDictionary } from '../../../sae/training/trainedDictionary.ts';
import { defaultTraining } from '../../../sae/training/trainingSettings.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import { startStates } from '../../../sae/training/trainSideBySide.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { headInput, trainedStates } from '../jobs.ts';
import { plantedRows } from '../plantedRows.ts';

const planted = plantedRows(900, 12, 16, 0.1, 2);
const heldOut = plantedRows(1200, 12, 16, 0.1, 2);
const input: ControlInput = {
  rows: planted,
  input: headInput,
  features: 20,
  k: 3,
  seed: 4,
  model: null,
  text: 'planted',
};
const untrainedOn = { model: null, text: 'planted' };

async function measuredOn(dictionary: Dictionary, rows: Rows) {
  const program = await DictionaryProgram.create(dictionary);
  const encoded = await program.encode(rows);
  await program.release();
  return measured({ dictionary, rows, ...encoded });
}

describe('controls', () => {
  it('are dictionaries: the mean alone would leave all variance, PCA leaves the least of k fixed directions', async () => {
    const fvu = new Map<string, number>();
    for (const control of controls) {
      const { unexplainedVariance, activeFeatures } = await measuredOn(await control.make(input), planted);
      fvu.set(control.id, unexplainedVariance.fvu);
      expect(activeFeatures.max, control.id).toBeLessThanOrEqual(3);
      expect(unexplainedVariance.fvu, control.id).toBeLessThan(1);
    }
    // What PCA leaves is the rest of the spectrum.
    expect(fvu.get('pca')).toBeCloseTo(spectrumLeft(planted, 3), 4);
  });

  it('the same seed gives the same control, another another', async () => {
    for (const { id, make } of controls.filter(({ id }) => id !== 'pca')) {
      const { weights } = await make(input);
      expect((await make(input)).weights, id).toEqual(weights);
      expect((await make({ ...input, seed: 5 })).weights, id).not.toEqual(weights);
    }
  });

  it('a trained dictionary beats its untrained start and its frozen decoder on planted rows', async () => {
    const request = {
      name: 'topK',
      variant: 'topK',
      size: { width: 12, features: 20 },
      settings: { k: 2 },
      input: headInput,
      firstColumn: 0,
      training: {
        ...defaultTraining,
        rows: 90,
        steps: 250,
        rate: { kind: 'constant', peak: 1e-2, warmup: 0, floor: 1 },
      },
    } as const;
    const jobs = [jobOf(request), jobOf(frozenDecoder(request))];
    const source = rowsInMemory(planted, 90, 3);
    const states = await trainedStates(jobs, source);
    const [trained, frozen] = await Promise.all(
      jobs.map(async (one) => {
        const state = states.get(one.name) as DictionaryState;
        return (await measuredOn(trainedDictionary(one, state, untrainedOn), heldOut)).unexplainedVariance.fvu;
      }),
    );
    const start = await untrained(jobs[0] as never, source, untrainedOn);
    const untaught = (await measuredOn(start, heldOut)).unexplainedVariance.fvu;
    expect(start.origin).toMatchObject({ made: 'control', by: 'untrained topK' });
    expect(trained).toBeLessThan(0.7 * (frozen as number));
    expect(trained).toBeLessThan(0.7 * untaught);
    const held = states.get('topK (frozen decoder)')?.weights.get('W_dec');
    expect(held).toEqual((await startStates(jobs, source)).get('topK (frozen decoder)')?.weights.get('W_dec'));
  });

  it('an untrained dictionary has thresholds of its own start', async () => {
    const one = jobOf({
      name: 'batch',
      variant: 'batchTopK',
      size: { width: 12, features: 20 },
      settings: { k: 2 },
      input: headInput,
      firstColumn: 0,
      training: { ...defaultTraining, rows: 90 },
    });
    const dictionary = await untrained(one, rowsInMemory(planted, 90, 3), untrainedOn);
    const { activeFeatures } = await measuredOn(dictionary, planted);
    expect(activeFeatures.mean).toBeGreaterThan(1.2);
    expect(activeFeatures.mean).toBeLessThan(3);
  });
});

/** Share of variance outside the leading k directions, by orthogonal iteration. */
function spectrumLeft({ width, data }: Rows, k: number): number {
  const n = data.length / width;
  const mean = Array.from(
    { length: width },
    (_, d) => data.filter((_v, i) => i % width === d).reduce((a, b) => a + b, 0) / n,
  );
  const x = data.map((value, i) => value - (mean[i % width] as number));
  const total = x.reduce((sum, value) => sum + value ** 2, 0);
  const random = seededRandom(1);
  let basis = Array.from({ length: k }, () => Array.from({ length: width }, () => random.normal()));
  const project = (v: readonly number[]) =>
    Array.from({ length: n }, (_, b) => v.reduce((sum, value, d) => sum + value * (x[b * width + d] as number), 0));
  for (let step = 0; step < 60; step++) {
    const next = basis.map((v) => {
      const along = project(v);
      return v.map((_, d) => along.reduce((sum, value, b) => sum + value * (x[b * width + d] as number), 0));
    });
    basis = [];
    for (const v of next) {
      const rest = basis.reduce((left, u) => {
        const dot = left.reduce((sum, value, d) => sum + value * (u[d] as number), 0);
        return left.map((value, d) => value - dot * (u[d] as number));
      }, v);
      basis.push(rest.map((value) => value / Math.hypot(...rest)));
    }
  }
  const kept = basis.flatMap(project).reduce((sum, value) => sum + value ** 2, 0);
  return 1 - kept / total;
}

/** x = sum of a vector for each attribute's value, plus noise; the second attribute copies the first on a share of rows. */
function additiveRows(count: number, copies: number) {
  const random = seededRandom(6);
  const width = 10;
  const draw = (values: number) =>
    Array.from({ length: values }, () => Array.from({ length: width }, () => random.normal()));
  const vectors = [draw(3), draw(3)] as const;
  const first = Int32Array.from({ length: count }, () => random.below(3));
  const second = first.map((value) => (random.next() < copies ? value : random.below(3)));
  const data = new Float32Array(count * width);
  for (let row = 0; row < count; row++)
    for (let d = 0; d < width; d++)
      data[row * width + d] =
        (vectors[0][first[row] as number]?.[d] as number) +
        (vectors[1][second[row] as number]?.[d] as number) +
        0.05 * random.normal();
  const attributes: readonly Attribute[] = [
    { name: 'name', values: ['Mary', 'John', 'Anna'], of: first },
    { name: 'order', values: ['ABB', 'BAB', 'none'], of: second },
  ];
  return { rows: { width, data }, attributes };
}

/** Error of x^ from the true codes, as a share of the variance. */
function errorOf(dictionary: Dictionary, { rows, attributes }: ReturnType<typeof additiveRows>): number {
  const codes = attributeCodes(attributes);
  const [decoder, bias] = [weightOf(dictionary, 'W_dec'), weightOf(dictionary, 'b_dec')];
  let [error, variance] = [0, 0];
  rows.data.forEach((value, at) => {
    const [row, d] = [Math.floor(at / rows.width), at % rows.width];
    let written = bias[d] as number;
    for (let i = codes.starts[row] as number; i < (codes.starts[row + 1] as number); i++)
      written += decoder[(codes.indices[i] as number) * rows.width + d] as number;
    error += (written - value) ** 2;
    variance += (value - (bias[d] as number)) ** 2;
  });
  return error / variance;
}

describe('the supervised dictionary (acceptance F.9)', () => {
  const made = (scene: ReturnType<typeof additiveRows>, fit: 'mean' | 'leastSquares') =>
    supervised({ ...input, rows: scene.rows }, scene.attributes, fit);

  it('by means and by least squares is the same where attributes are independent', () => {
    const scene = additiveRows(4000, 0);
    const [mean, fitted] = [made(scene, 'mean'), made(scene, 'leastSquares')];
    expect(Math.abs(errorOf(mean, scene) - errorOf(fitted, scene))).toBeLessThan(0.002);
    expect(errorOf(fitted, scene)).toBeLessThan(0.01);
    expect(fitted.labels.get(4)).toBe('order = BAB');
  });

  it('by least squares wins where they go together', () => {
    const scene = additiveRows(4000, 0.7);
    expect(errorOf(made(scene, 'mean'), scene)).toBeGreaterThan(10 * errorOf(made(scene, 'leastSquares'), scene));
  });

  it('reads attributes off the rows, and shares of a reconstruction add up to 1', async () => {
    const scene = additiveRows(600, 0.3);
    const dictionary = made(scene, 'leastSquares');
    const program = await DictionaryProgram.create(dictionary);
    const { codes } = await program.encode(scene.rows);
    await program.release();
    const truth = attributeCodes(scene.attributes);
    const right = codes.indices.reduce((sum, feature, i) => sum + Number(feature === truth.indices[i]), 0);
    expect(right / truth.indices.length).toBeGreaterThan(0.98);
    const shares = codeShares(dictionary, truth);
    for (let row = 0; row < 600; row++)
      expect((shares[2 * row] as number) + (shares[2 * row + 1] as number)).toBeCloseTo(1, 9);
  });

  it('refuses attributes that do not fit the rows', () => {
    const scene = additiveRows(10, 0);
    const [first] = scene.attributes as readonly [Attribute];
    const withOne = (attribute: Attribute) => () => supervised({ ...input, rows: scene.rows }, [attribute], 'mean');
    expect(withOne({ ...first, of: first.of.subarray(1) })).toThrow('expected a value for each of 10 rows, got 9');
    expect(withOne({ ...first, values: ['one'] })).toThrow('attribute name: expected a value from 0 to 0');
  });
});
