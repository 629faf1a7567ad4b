/** Attribution against what it stands for: derivatives along the change, completeness, the exact softmax, dropped layers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { AttributionRequest } from '../../engine/scores/attribution.ts';
import { attribute } from '../../engine/scores/attribution.ts';
import { metrics } from '../../engine/tasks/metrics.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import type { Edit, EditValue } from '../../engine/terms/edits.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';

const folder = 'fixtures/golden/llama-gqa';
const clean = [
  [3, 9, 14, 2, 7, 5],
  [8, 1, 4, 11, 6, 13],
];
const corrupt = [
  [3, 2, 14, 10, 7, 5],
  [8, 5, 4, 11, 12, 13],
];
const prompts: readonly Prompt[] = clean.map((ids, row) => ({
  ids,
  corruptIds: corrupt[row] as number[],
  negativeIds: null,
  answers: [4 + row],
  wrong: [9],
  answerPosition: 5,
  positions: {},
  text: null,
}));

const defaults = {
  prompts,
  metric: 'logitDifference',
  method: 'atp',
  sites: ['z'],
  steps: 1,
  qkCorrection: false,
  gradDrop: false,
  granularity: 'example',
  seed: 0,
} as const satisfies AttributionRequest;

describe('attribution', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(folder);
  });
  afterAll(() => model?.dispose());

  async function effectsOf(extra: Partial<AttributionRequest>): Promise<Map<string, number>> {
    const effects = new Map<string, number>();
    for await (const event of attribute(model, { ...defaults, ...extra })) {
      if (event.kind !== 'unit') continue;
      const { site, layer, head, kvGroup, effect } = event;
      effects.set(`${site} ${layer} ${head ?? kvGroup ?? 0}`, effect.mean);
    }
    return effects;
  }

  /** Mean metric over the prompts. */
  async function metricOf(edits: readonly Edit[], ids: readonly (readonly number[])[] = clean): Promise<number> {
    const { logits } = await model.forward({ ids, edits, logits: 'last' });
    const data = (logits as Tensor).data;
    const width = data.length / ids.length;
    const each = prompts.map((prompt, row) =>
      metrics.logitDifference(data.subarray(row * width, (row + 1) * width), prompt),
    );
    return each.reduce((a, b) => a + b, 0) / each.length;
  }

  async function captured(ids: readonly (readonly number[])[], site: 'z' | 'q' | 'k' | 'mlpOut', layer: number) {
    return (await model.forward({ ids, capture: [{ site, layers: [layer] }], logits: 'none' })).get(site, layer);
  }

  function valueOf(x: Tensor, data: Float32Array = x.data): EditValue {
    return { axes: x.axes.map(({ axis }) => axis).join(' '), shape: x.axes.map(({ size }) => size), data };
  }

  /** d metric / d t of a head's z moved by t (corrupt - clean). */
  async function slopeTowardsCorrupt(layer: number, head: number): Promise<number> {
    const [from, to] = [await captured(clean, 'z', layer), await captured(corrupt, 'z', layer)];
    const value = valueOf(
      from,
      from.data.map((x, i) => (to.data[i] as number) - x),
    );
    const at = (times: number) =>
      metricOf([{ site: 'z', layers: [layer], heads: [head], operation: { kind: 'add', value, times } }]);
    return ((await at(0.01)) - (await at(-0.01))) / 0.02;
  }

  it('atp is the derivative of the metric as a head moves to its corrupt value', async () => {
    const effects = await effectsOf({});
    for (const [key, effect] of effects) {
      const [, layer, head] = key.split(' ').map(Number) as [number, number, number];
      // float32 logits leave about 1e-3 in a difference over 0.02.
      expect(effect).toBeCloseTo(await slopeTowardsCorrupt(layer, head), 2);
    }
    expect(effects.size).toBe(model.family.shape.layers * model.family.shape.heads);
  });

  it('is the same at z and at headWrite, for one is a linear map of the other', async () => {
    const effects = await effectsOf({ sites: ['z', 'headWrite'] });
    for (const [key, effect] of effects) {
      if (key.startsWith('z')) expect(effects.get(key.replace('z', 'headWrite'))).toBeCloseTo(effect, 5);
    }
  });

  it('gradxact is minus the derivative with respect to a gate, and taylor its magnitude per prompt', async () => {
    const effects = await effectsOf({ method: 'gradxact' });
    const scale = (layer: number, head: number, by: number) =>
      metricOf([{ site: 'z', layers: [layer], heads: [head], operation: { kind: 'scale', by } }]);
    for (const [key, effect] of effects) {
      const [, layer, head] = key.split(' ').map(Number) as [number, number, number];
      const slope = ((await scale(layer, head, 1.01)) - (await scale(layer, head, 0.99))) / 0.02;
      expect(effect).toBeCloseTo(-slope, 2);
    }
    const [one] = prompts as readonly [Prompt];
    const signed = await effectsOf({ method: 'gradxact', prompts: [one] });
    const taylor = await effectsOf({ method: 'taylor', prompts: [one] });
    const byToken = await effectsOf({ method: 'taylor', prompts: [one], granularity: 'token' });
    for (const [key, effect] of signed) {
      expect(taylor.get(key)).toBeCloseTo(Math.abs(effect), 6);
      expect(byToken.get(key)).toBeGreaterThanOrEqual(Math.abs(effect) - 1e-6);
    }
  });

  it('integrated gradients of the embedding add up to what the whole corruption does', async () => {
    const whole = (await metricOf([], corrupt)) - (await metricOf([]));
    const off = async (steps: number) => {
      const effects = await effectsOf({ method: 'integrated', steps, sites: ['residPre'] });
      return Math.abs((effects.get('residPre 0 0') as number) - whole);
    };
    // The sum over k / m ends at the clean run: its error falls as 1 / m.
    const [few, many] = [await off(8), await off(64)];
    expect(many).toBeLessThan(few / 4);
    expect(many).toBeLessThan(0.02 * Math.abs(whole) + 0.005);
  });

  it('integrated with one step is atp', async () => {
    const [one, atp] = [await effectsOf({ method: 'integrated' }), await effectsOf({})];
    for (const [key, effect] of atp) expect(one.get(key)).toBeCloseTo(effect, 6);
  });

  describe('the QK correction', () => {
    it('of a query is the pattern with that query, what follows linearised', async () => {
      const effects = await effectsOf({ sites: ['q'], qkCorrection: true });
      for (const [key, effect] of effects) {
        const [, layer, head] = key.split(' ').map(Number) as [number, number, number];
        const value = valueOf(await captured(corrupt, 'q', layer));
        const { pattern } = await patternsWith(
          [{ site: 'q', layers: [layer], operation: { kind: 'replace', value } }],
          layer,
        );
        expect(effect).toBeCloseTo(await slopeAlongPattern(layer, head, pattern), 3);
      }
    });

    it('of a key is the pattern with one key at a time', async () => {
      const effects = await effectsOf({ sites: ['k'], qkCorrection: true });
      const { heads, kvHeads, layers } = model.family.shape;
      for (let layer = 0; layer < layers; layer++) {
        const value = valueOf(await captured(corrupt, 'k', layer));
        for (let group = 0; group < kvHeads; group++) {
          let sum = 0;
          for (let position = 0; position < 6; position++) {
            const edit = {
              site: 'k',
              layers: [layer],
              heads: [group],
              positions: [position],
              operation: { kind: 'replace', value },
            } as const;
            const { pattern } = await patternsWith([edit], layer);
            const [first, size] = [(group * heads) / kvHeads, heads / kvHeads];
            for (let head = first; head < first + size; head++) sum += await slopeAlongPattern(layer, head, pattern);
          }
          expect(effects.get(`k ${layer} ${group}`)).toBeCloseTo(sum, 2);
        }
      }
    });

    async function patternsWith(edits: readonly Edit[], layer: number) {
      const run = await model.forward({
        ids: clean,
        edits,
        capture: [{ site: 'pattern', layers: [layer] }],
        logits: 'none',
      });
      return { pattern: run.get('pattern', layer) };
    }

    /** d metric / d t of one head's pattern moved by t (pattern - clean pattern). */
    async function slopeAlongPattern(layer: number, head: number, pattern: Tensor): Promise<number> {
      const { pattern: from } = await patternsWith([], layer);
      const value = valueOf(
        from,
        pattern.data.map((x, i) => x - (from.data[i] as number)),
      );
      const at = (times: number) =>
        metricOf([{ site: 'pattern', layers: [layer], heads: [head], operation: { kind: 'add', value, times } }]);
      return ((await at(0.05)) - (await at(-0.05))) / 0.1;
    }
  });

  it('GradDrop averages the magnitudes of gradients that pass one layer by', async () => {
    const [one] = prompts as readonly [Prompt];
    const effects = await effectsOf({ gradDrop: true, prompts: [one] });
    const plain = await effectsOf({ prompts: [one] });
    const { heads } = model.family.shape;
    expect(model.family.shape.layers).toBe(2);
    for (let head = 0; head < heads; head++) {
      // Two layers, L - 1 = 1: the last layer's heads meet the drop of layer 0 only, which is later for no gradient of theirs.
      expect(effects.get(`z 1 ${head}`)).toBeCloseTo(Math.abs(plain.get(`z 1 ${head}`) as number), 5);
      expect(effects.get(`z 0 ${head}`)).toBeCloseTo(Math.abs(await slopePastLayerOne(head)), 3);
    }
  });

  /** The first layer's head moved, with what the second layer adds held at its clean values. */
  async function slopePastLayerOne(head: number): Promise<number> {
    const ids = clean.slice(0, 1);
    const run = await model.forward({
      ids,
      capture: [{ site: 'attnOut' }, { site: 'mlpOut' }, { site: 'z' }],
      logits: 'none',
    });
    const other = await model.forward({ ids: corrupt.slice(0, 1), capture: [{ site: 'z' }], logits: 'none' });
    const [from, to] = [run.get('z', 0), other.get('z', 0)];
    const value = valueOf(
      from,
      from.data.map((x, i) => (to.data[i] as number) - x),
    );
    const held = (['attnOut', 'mlpOut'] as const).map((site): Edit => ({
      site,
      layers: [1],
      operation: { kind: 'replace', value: valueOf(run.get(site, 1)) },
    }));
    const at = async (times: number) => {
      const edits = [
        { site: 'z', layers: [0], heads: [head], operation: { kind: 'add', value, times } } as const,
        ...held,
      ];
      const { logits } = await model.forward({ ids, edits, logits: 'last' });
      return metrics.logitDifference((logits as Tensor).data, prompts[0] as Prompt);
    };
    return ((await at(0.05)) - (await at(-0.05))) / 0.1;
  }

  it('gives the same in batches as alone', async () => {
    const together = await effectsOf({});
    const alone = await Promise.all(prompts.map((prompt) => effectsOf({ prompts: [prompt] })));
    for (const [key, effect] of together) {
      expect(effect).toBeCloseTo(((alone[0]?.get(key) ?? 0) + (alone[1]?.get(key) ?? 0)) / 2, 5);
    }
  });

  it('refuses what it cannot do', async () => {
    await expect(effectsOf({ metric: 'rank' })).rejects.toThrow('the rank has no gradient');
    const noCorrupt = prompts.map((prompt) => ({ ...prompt, corruptIds: null }));
    await expect(effectsOf({ prompts: noCorrupt })).rejects.toThrow(
      'prompt 1: the method needs a corrupt prompt of the same length',
    );
    await expect(effectsOf({ method: 'taylor', gradDrop: true })).rejects.toThrow('parts of AtP*');
    await expect(effectsOf({ sites: [] })).rejects.toThrow('no sites');
  });
});
