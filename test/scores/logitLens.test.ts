import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { LensLayer, LogitLensRequest } from '../../engine/scores/logitLens.ts';
import { logitLens } from '../../engine/scores/logitLens.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import { golden, randomIds, realModelPath } from '../run/models.ts';

async function collect(model: Model, request: LogitLensRequest): Promise<LensLayer[]> {
  const layers: LensLayer[] = [];
  for await (const layer of logitLens(model, request)) layers.push(layer);
  return layers;
}

/** softmax of one position's logits, in float64. */
function softmax(logits: ArrayLike<number>): number[] {
  const largest = Math.max(...Array.from(logits));
  const shares = Array.from(logits, (logit) => Math.exp(logit - largest));
  const mass = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / mass);
}

/** Is this what a layer says of the distributions, one for each of its positions? */
function expectReadings(
  found: LensLayer,
  distributions: readonly (readonly number[])[],
  targets: readonly number[],
): void {
  distributions.forEach((p, at) => {
    const order = p.map((_, id) => id).toSorted((a, b) => (p[b] ?? 0) - (p[a] ?? 0));
    for (let i = 0; i < found.top; i++) {
      const id = found.ids[at * found.top + i] ?? NaN;
      expect(found.probabilities[at * found.top + i]).toBeCloseTo(p[id] ?? NaN, 5);
      expect(p[id]).toBeCloseTo(p[order[i] ?? NaN] ?? NaN, 5);
    }
    const entropy = p.reduce((sum, x) => sum - (x === 0 ? 0 : x * Math.log(x)), 0);
    expect(found.entropy[at]).toBeCloseTo(entropy, 4);
    targets.forEach((id, i) => {
      const place = at * targets.length + i;
      expect(found.targetProbabilities[place]).toBeCloseTo(p[id] ?? NaN, 5);
      expect(found.targetLogProbabilities[place]).toBeCloseTo(Math.log(p[id] ?? NaN), 3);
      expect(found.targetRanks[place]).toBe(1 + order.indexOf(id));
    });
  });
}

const quiet: Edit = { site: 'z', layers: [0], heads: [0], operation: { kind: 'zero' } };
const sharper: Edit = { site: 'logits', positions: [2], operation: { kind: 'scale', by: 2 } };

describe.each([
  ['tiny-heads', fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url))],
  ['a capped output', golden('gemma2-caps')],
  ['multipliers', golden('granite-multipliers')],
  ['no final norm', golden('opt-noFinalNorm')],
])('the logit lens on a model with %s', (_, path) => {
  let model: Model;
  let ids: number[];
  beforeAll(async () => {
    model = await openModel(path);
    ids = randomIds(model, 12, 4);
  });
  afterAll(() => model.dispose());

  it.each([
    ['', []],
    [' under edits', [quiet, sharper]],
  ] as const)("gives the model's own predictions after the last layer%s", async (__, edits) => {
    const targets = [3, 11, 7];
    const layers = await collect(model, { ids, edits, targets, top: 5 });
    expect(layers.map(({ layer }) => layer)).toEqual(
      Array.from({ length: model.family.shape.layers + 1 }, (___, i) => i - 1),
    );
    const { logits } = await model.forward({ ids: [ids], edits });
    const { outputVocabulary: size } = model.family.shape;
    const rows = ids.map((___, p) => softmax(logits?.data.subarray(p * size, (p + 1) * size) ?? []));
    expectReadings(layers.at(-1) ?? expect.fail('no layer'), rows, targets);
  });

  it('unembeds the stream after each layer', async () => {
    const positions = [9, 0];
    const layers = await collect(model, { ids, positions, targets: [2], top: 3 });
    const sites = [{ site: 'embed' }, { site: 'residPost' }] as const;
    const kept = await model.forward({ ids: [ids], capture: sites });
    const { width } = model.family.shape;
    for (const found of layers.slice(0, -1)) {
      const stream = found.layer < 0 ? kept.get('embed') : kept.get('residPost', found.layer);
      // The same reading by another way: this layer's stream put in the place of the last one's.
      const value = { axes: 'P D', shape: [ids.length, width], data: stream.data };
      const last: Edit = {
        site: 'residPost',
        layers: [model.family.shape.layers - 1],
        operation: { kind: 'replace', value },
      };
      const { logits } = await model.forward({ ids: [ids], edits: [last] });
      const { outputVocabulary: size } = model.family.shape;
      const rows = positions.map((p) => softmax(logits?.data.subarray(p * size, (p + 1) * size) ?? []));
      expect(found.positions).toEqual(positions);
      expectReadings(found, rows, [2]);
    }
  });
});

describe('a logit lens', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(golden('llama-gqa'));
  });
  afterAll(() => model.dispose());

  it('stops when told to', async () => {
    const stop = new AbortController();
    const layers = logitLens(model, { ids: [1, 2, 3], top: 1, signal: stop.signal });
    expect((await layers.next()).value).toMatchObject({ layer: -1 });
    stop.abort();
    await expect(layers.next()).rejects.toThrow('aborted');
  });

  it('refuses what is not there', async () => {
    const read = (request: Partial<LogitLensRequest>) => collect(model, { ids: [1, 2], top: 1, ...request });
    await expect(read({ ids: [] })).rejects.toThrow('empty prompt');
    await expect(read({ positions: [2] })).rejects.toThrow('position out of range: expected 0 to 1, got 2');
    await expect(read({ targets: [53] })).rejects.toThrow('target out of range: expected 0 to 52, got 53');
    await expect(read({ top: 54 })).rejects.toThrow('expected 1 to 53, got 54');
  });
});

const real = realModelPath();

describe.skipIf(real === null)(`the logit lens on SmolLM2${real === null ? ' (not here)' : ''}`, () => {
  it('reads more positions than fit in memory at a time as it reads them alone', async () => {
    const model = await openModel(real ?? '');
    try {
      const ids = randomIds(model, 180, 6);
      const targets = [5, 300];
      const [embedding] = await collectFirst(logitLens(model, { ids, targets, top: 4 }));
      const [alone] = await collectFirst(logitLens(model, { ids, targets, top: 4, positions: [175] }));
      expect([...(embedding?.ids.subarray(175 * 4, 176 * 4) ?? [])]).toEqual([...(alone?.ids ?? [])]);
      expect(embedding?.entropy[175]).toBeCloseTo(alone?.entropy[0] ?? NaN, 4);
      expect([...(embedding?.targetRanks.subarray(350, 352) ?? [])]).toEqual([...(alone?.targetRanks ?? [])]);
    } finally {
      await model.dispose();
    }
  });
});

async function collectFirst<T>(values: AsyncGenerator<T>): Promise<T[]> {
  for await (const value of values) return [value];
  return [];
}
