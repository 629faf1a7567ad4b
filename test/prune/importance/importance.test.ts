/** Every criterion against the same number had the slow way: edits, captured values, finite differences. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layerWeights } from '../../../engine/prune/importance/weightSums.ts';
import { headsOf, unitPlaces } from '../../../engine/prune/importance/units.ts';
import type { Model } from '../../../engine/run/index.ts';
import type { Edit } from '../../../engine/terms/edits.ts';
import type { Site } from '../../../engine/terms/sites.ts';
import { openGolden } from '../../run/models.ts';
import { lossesByForward, meanOf, randomText, rowsOf, valuesOf } from './textScene.ts';

let model: Model;
let gpt2: Model;
beforeAll(async () => {
  model = await openGolden('llama-gqa');
  gpt2 = await openGolden('gpt2-tied');
});
afterAll(async () => {
  await model.dispose();
  await gpt2.dispose();
});

function scaled(site: Site, layer: number, by: number, heads?: readonly number[]): Edit {
  return { site, layers: [layer], ...(heads === undefined ? {} : { heads }), operation: { kind: 'scale', by } };
}

describe('ablation', () => {
  it('gives what a run with the unit zeroed gives, for every kind of unit', async () => {
    const text = randomText(model);
    const full = meanOf(await lossesByForward(model, text));
    for (const unit of ['head', 'kv-group', 'layer', 'mlp'] as const) {
      const rows = await rowsOf(model, { unit, criteria: ['zero', 'kl'], text });
      const ablated = rows.flatMap((row) => (row.of === 'ablation' ? [row] : []));
      expect(ablated).toHaveLength(unitPlaces(model.family.shape, unit).length);
      const { layer, index, change, kl, flips } = ablated.at(-1) as (typeof ablated)[number];
      const isHeads = unit === 'head' || unit === 'kv-group';
      const edits = isHeads
        ? [scaled('z', layer, 0, headsOf(model.family.shape, unit, index))]
        : [...(unit === 'layer' ? [scaled('attnOut', layer, 0)] : []), scaled('mlpOut', layer, 0)];
      expect(change.mean).toBeCloseTo(meanOf(await lossesByForward(model, text, edits)) - full, 5);
      expect(kl.mean).toBeGreaterThan(0);
      expect(flips).toBeGreaterThanOrEqual(0);
    }
  });

  it('puts the mean over the text in the place of z', async () => {
    const text = randomText(model);
    const { heads, headWidth } = model.family.shape;
    const sums = new Float64Array(heads * headWidth);
    for (const ids of text.windows) {
      const found = await model.forward({ ids: [ids], capture: [{ site: 'z', layers: [1] }], logits: 'none' });
      found.get('z', 1).data.forEach((value, i) => (sums[i % sums.length] = (sums[i % sums.length] ?? 0) + value));
    }
    const own = Float32Array.from(sums.subarray(headWidth, 2 * headWidth), (sum) => sum / text.tokens);
    const value = { axes: 'H', shape: [headWidth], data: own };
    const edit: Edit = { site: 'z', layers: [1], heads: [1], operation: { kind: 'replace', value } };
    const rows = await rowsOf(model, { criteria: ['mean'], text });
    const row = rows.find((one) => one.of === 'ablation' && one.layer === 1 && one.index === 1);
    const change = meanOf(await lossesByForward(model, text, [edit])) - meanOf(await lossesByForward(model, text));
    expect(row?.of === 'ablation' && row.change.mean).toBeCloseTo(change, 5);
  });

  it('goes on after known rows with the same numbers to the last bit', async () => {
    const text = randomText(model);
    const request = { unit: 'kv-group', criteria: ['zero', 'mean', 'michel', 'shapley'], text } as const;
    const whole = await rowsOf(model, request);
    for (const cut of [1, 5, whole.length - 1]) {
      const rest = await rowsOf(model, { ...request, known: whole.slice(0, cut) });
      expect([...whole.slice(0, cut), ...rest]).toEqual(whole);
    }
  });
});

describe('gate gradients', () => {
  it.each(['token', 'example', 'batch'] as const)('have their magnitude at each %s', async (absGranularity) => {
    const text = randomText(model);
    const values = await valuesOf(model, { criteria: ['michel'], text, absGranularity }, 'michel');
    expect(values).toHaveLength(unitPlaces(model.family.shape, 'head').length);
    expect(values.every((value) => value > 0)).toBe(true);
  });

  it('equal finite differences of the loss in a factor on the unit', async () => {
    const text = randomText(model);
    const e = 0.02;
    for (const unit of ['head', 'kv-group', 'layer', 'mlp'] as const) {
      const request = { unit, criteria: ['michel', 'taylor'], text, absGranularity: 'example' } as const;
      const michel = await valuesOf(model, request, 'michel');
      const taylor = await valuesOf(model, request, 'taylor');
      const at = michel.length - 1;
      const { layer, index } = unitPlaces(model.family.shape, unit)[at] ?? { layer: 0, index: 0 };
      const by = (factor: number): Edit[] =>
        unit === 'head' || unit === 'kv-group'
          ? [scaled('z', layer, factor, headsOf(model.family.shape, unit, index))]
          : [...(unit === 'layer' ? [scaled('attnOut', layer, factor)] : []), scaled('mlpOut', layer, factor)];
      const [up, down] = [await lossesByForward(model, text, by(1 + e)), await lossesByForward(model, text, by(1 - e))];
      const slopes = up.map((value, i) => (value - (down[i] ?? NaN)) / (2 * e));
      const scale = Math.max(...slopes.map(Math.abs));
      expect(Math.abs((michel[at] ?? NaN) - meanOf(slopes.map(Math.abs)))).toBeLessThan(2e-3 * scale + 2e-6);
      expect(Math.abs((taylor[at] ?? NaN) + meanOf(slopes))).toBeLessThan(2e-3 * scale + 2e-6);
    }
  });
});

describe('criteria of one pass', () => {
  it.each(['llama', 'gpt2'])('equal a direct computation from captured values and weights: %s', async (name) => {
    const own = name === 'llama' ? model : gpt2;
    const text = randomText(own);
    const { shape } = own.family;
    const layer = shape.layers - 1;
    const sites = (['z', 'headWrite', 'mlpAct'] as const).map((site) => ({ site, layers: [layer] }));
    const windows: { z: Float32Array; write: Float32Array; act: Float32Array }[] = [];
    for (const ids of text.windows) {
      const found = await own.forward({ ids: [ids], capture: sites, logits: 'none' });
      const at = (site: Site) => found.get(site, layer).data;
      windows.push({ z: at('z'), write: at('headWrite'), act: at('mlpAct') });
    }
    const weights = await layerWeights(own, layer);
    const { headWidth, heads, width } = shape;
    const channels = Array.from({ length: headWidth }, (_, i) => (heads - 1) * headWidth + i);
    const column = (x: Float32Array, c: number, size: number) => x.filter((_, i) => i % size === c);
    const all = (c: number) => windows.flatMap(({ z }) => [...column(z, c, heads * headWidth)]);
    const squared = (c: number) => all(c).reduce((sum, x) => sum + x * x, 0);
    const variance = (c: number) => {
      const mean = meanOf(all(c));
      return all(c).reduce((sum, x) => sum + (x - mean) ** 2, 0) / (text.tokens - 1);
    };
    const sumOf = (each: (c: number) => number) => channels.reduce((sum, c) => sum + each(c), 0);
    const last = async (criterion: string) => (await valuesOf(own, { criteria: [criterion], text }, criterion)).at(-1);
    const norms = windows.flatMap(({ write }) =>
      Array.from({ length: write.length / (heads * width) }, (_, token) => {
        const from = (token * heads + heads - 1) * width;
        return Math.hypot(...write.subarray(from, from + width));
      }),
    );
    const magnitude = (c: number) =>
      windows.reduce((sum, { z }) => sum + meanOf([...column(z, c, heads * headWidth)].map(Math.abs)) ** 2, 0);
    expect(await last('wanda')).toBeCloseTo(
      sumOf((c) => ((weights.heads.magnitudes[c] ?? NaN) / width) * Math.sqrt(squared(c))),
      5,
    );
    expect(await last('wifv')).toBeCloseTo(
      sumOf((c) => variance(c) * (weights.heads.squares[c] ?? NaN)),
      5,
    );
    expect(await last('minitron')).toBeCloseTo(Math.sqrt(sumOf(magnitude)), 5);
    expect(await last('writeNorm')).toBeCloseTo(meanOf(norms), 5);
    const everyChannel = Array.from({ length: heads * headWidth }, (_, c) => c);
    const scores = everyChannel.map((c) => (variance(c) * (weights.heads.squares[c] ?? NaN)) ** 2);
    const spread = Math.sqrt(
      scores.reduce((sum, s) => sum + (s - meanOf(scores)) ** 2, 0) / Math.max(1, scores.length - 1),
    );
    expect(await last('flap')).toBeCloseTo(
      meanOf(channels.map((c) => ((scores[c] ?? NaN) - meanOf(scores)) / spread)),
      4,
    );
  });

  it('reads the rows of the output matrix as the program does: a head writes z W_O', async () => {
    for (const own of [model, gpt2]) {
      const { heads, headWidth, width } = own.family.shape;
      const sums = (await layerWeights(own, 0)).heads;
      expect(sums.rows).toBe(width);
      // A head whose z is 1 in one channel writes that channel's row of W_O.
      const data = new Float32Array(headWidth);
      data[1] = 1;
      const value = { axes: 'H', shape: [headWidth], data };
      const edits: Edit[] = [{ site: 'z', layers: [0], operation: { kind: 'replace', value } }];
      const found = await own.forward({ ids: [[1, 2]], edits, capture: [{ site: 'headWrite', layers: [0] }] });
      const write = found.get('headWrite', 0).data.subarray(0, heads * width);
      for (let head = 0; head < heads; head++) {
        const row = write.subarray(head * width, (head + 1) * width);
        expect(sums.squares[head * headWidth + 1]).toBeCloseTo(
          row.reduce((sum, x) => sum + x * x, 0),
          5,
        );
      }
    }
  });
});

describe('Shapley values', () => {
  it('of every order sum to what the loss rises by when all units go', async () => {
    const text = randomText(model);
    const none = meanOf(
      await lossesByForward(
        model,
        { ...text, windows: text.windows.slice(0, 1) },
        unitPlaces(model.family.shape, 'layer').map(({ layer }) => scaled('z', layer, 0)),
      ),
    );
    const all = (await lossesByForward(model, text))[0] ?? NaN;
    for (const tolerance of [0, 0.5]) {
      const rows = await rowsOf(model, {
        ...{ unit: 'kv-group', criteria: ['shapley'], text },
        shapley: { orders: 3, tolerance, windows: 1 },
      });
      const orders = rows.flatMap((row) => (row.of === 'order' ? [row] : []));
      expect(orders).toHaveLength(3);
      for (const { shares } of orders) expect(shares.reduce((sum, x) => sum + x, 0)).toBeCloseTo(none - all, 5);
    }
  });

  it('an order and the next are each other reversed: the last to go in one is the first in the other', async () => {
    const text = randomText(model);
    const shapley = { orders: 2, tolerance: 0, windows: 3 };
    const rows = await rowsOf(model, { unit: 'layer', criteria: ['shapley'], text, shapley });
    const [first, second] = rows.flatMap((row) => (row.of === 'order' ? [row.shares] : []));
    const full = meanOf(await lossesByForward(model, text));
    const alone = await Promise.all(
      unitPlaces(model.family.shape, 'layer').map(async ({ layer }) => {
        const gone = [scaled('attnOut', layer, 0), scaled('mlpOut', layer, 0)];
        return meanOf(await lossesByForward(model, text, gone)) - full;
      }),
    );
    const isFirst = (shares: readonly number[] | undefined) =>
      shares?.findIndex((share, layer) => Math.abs(share - (alone[layer] ?? NaN)) < 1e-5);
    expect(isFirst(first)).not.toBe(-1);
    expect(isFirst(second)).not.toBe(-1);
    expect(isFirst(first)).not.toBe(isFirst(second));
  });

  it('are of different orders whatever the seed', async () => {
    const text = randomText(model);
    const shapley = { orders: 12, tolerance: 0, windows: 1 };
    const rows = await rowsOf(model, { unit: 'head', criteria: ['shapley'], text, shapley, seed: 2 ** 40 });
    const shares = rows.flatMap((row) => (row.of === 'order' ? [row.shares.join(' ')] : []));
    expect(new Set(shares).size).toBe(12);
  });
});

it('refuses a model that sees the token that comes next', async () => {
  const both = await openGolden('transformerLens-bidirectional');
  const text = randomText(both);
  await expect(rowsOf(both, { criteria: ['zero'], text })).rejects.toThrow('the loss of the next token: expected');
  await both.dispose();
});

it('refuses a criterion that is not defined for the unit', async () => {
  const text = randomText(model);
  await expect(rowsOf(model, { unit: 'layer', criteria: ['wanda'], text })).rejects.toThrow(
    'criterion wanda is not defined for layer',
  );
});
