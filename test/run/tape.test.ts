/** Reverse mode through whole models, block by block: against central differences, and d/d of every kind of place. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { StoredTensor } from '../../engine/files/modelFiles.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { weightGradients } from '../../engine/run/weightGradients.ts';
import { makeBatch } from '../../engine/run/batch.ts';
import { Tape } from '../../engine/run/tape.ts';
import { metricObjective } from '../../engine/train/metricObjective.ts';
import type { MetricId } from '../../engine/tasks/task.ts';
import { metrics } from '../../engine/tasks/metrics.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import type { Site } from '../../engine/terms/sites.ts';
import { sites } from '../../engine/terms/sites.ts';

const folder = 'fixtures/golden/llama-gqa';
const rows = [
  [3, 9, 14, 2, 7, 5],
  [8, 1, 4, 11, 6],
];
const prompts = [
  { answers: [4], wrong: [9] },
  { answers: [2, 12], wrong: [3, 5] },
];

describe('the gradient of a metric', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(folder);
  });
  afterAll(() => model?.dispose());

  /** The metric summed over rows, with edits. */
  async function metricOf(metric: MetricId, edits: readonly Edit[]): Promise<number> {
    const run = await model.forward({ ids: rows, padding: 'left', edits, logits: 'last' });
    const logits = run.logits as Tensor;
    const width = logits.data.length / rows.length;
    return rows.reduce(
      (sum, _, row) =>
        sum +
        metrics[metric](logits.data.subarray(row * width, (row + 1) * width), prompts[row] as (typeof prompts)[0]),
      0,
    );
  }

  async function tapeOf(metric: MetricId, edits: readonly Edit[] = []) {
    const batch = makeBatch(rows, model.family, 'left');
    const tape = await Tape.record(model, { batch, edits });
    const slots = rows.map(() => batch.slots - 1);
    const scored = await tape.score({
      ...metricObjective(metric, prompts, model.family.shape.outputVocabulary),
      slots,
    });
    return { tape, scored };
  }

  it.each(['logitDifference', 'probabilityDifference', 'negativeLogLikelihood'] as const)(
    'has the value that the metric has: %s',
    async (metric) => {
      const { scored } = await tapeOf(metric);
      expect(scored.values.reduce((a, b) => a + b, 0)).toBeCloseTo(await metricOf(metric, []), 4);
    },
  );

  const blockSites = (Object.keys(sites) as Site[]).filter((site) => sites[site].per === 'layer');
  it.each(blockSites)('agrees with central differences at %s of every layer', async (site) => {
    const { tape, scored } = await tapeOf('logitDifference');
    let upstream = scored.upstream;
    for (let layer = model.family.shape.layers - 1; layer >= 0; layer--) {
      const found = await tape.block(layer, upstream, { sites: [site] });
      await expectDirectional(site, layer, found.sites.get(site) as Tensor);
      upstream = found.upstream;
    }
  });

  /** sum(gradient . direction) against (f(x + e d) - f(x - e d)) / 2 e, for a random direction d. */
  async function expectDirectional(site: Site, layer: number, gradient: Tensor): Promise<void> {
    const random = seededRandom(layer + 1);
    const shape = gradient.axes.map(({ size }) => size);
    const direction = Float32Array.from({ length: gradient.data.length }, (_, flat) =>
      isPadding(gradient, flat) ? 0 : random.normal(),
    );
    const value = {
      axes: gradient.axes.map(({ axis }) => axis).join(' '),
      shape,
      data: byPosition(gradient, direction),
    };
    const step = 5e-3;
    const at = (times: number) =>
      metricOf('logitDifference', [{ site, layers: [layer], operation: { kind: 'add', value, times } }]);
    const numeric = ((await at(step)) - (await at(-step))) / (2 * step);
    const exact = gradient.data.reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
    const size = Math.sqrt(gradient.data.reduce((sum, g) => sum + g * g, 0));
    // float32 logits over a step of 0.005 leave an error of some 1e-3; the direction has length 1 per value.
    expect(Math.abs(numeric - exact)).toBeLessThan(2e-2 * size + 2e-3);
  }
});

describe('other gradients', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(folder);
  });
  afterAll(() => model?.dispose());

  async function scoredTape(edits: readonly Edit[] = []) {
    const batch = makeBatch(rows, model.family, 'left');
    const tape = await Tape.record(model, { batch, edits });
    const vocabulary = model.family.shape.outputVocabulary;
    const scored = {
      ...metricObjective('logitDifference', prompts, vocabulary),
      slots: rows.map(() => batch.slots - 1),
    };
    return { tape, scored };
  }

  it('with respect to an edit: the scale of a head is value . gradient, its addend the gradient', async () => {
    const ones = new Float32Array(model.family.shape.heads).fill(1);
    const gate: Edit = {
      site: 'z',
      layers: [1],
      operation: { kind: 'add', times: 0, value: { axes: 'N', shape: [ones.length], data: ones } },
    };
    const { tape, scored } = await scoredTape([gate]);
    const { upstream } = await tape.score(scored);
    const {
      scales,
      sites: gradients,
      values,
    } = await tape.block(1, upstream, {
      ...{ sites: ['z'], values: ['z'], scales: ['z'] },
    });
    const [z, dz] = [values.get('z') as Tensor, gradients.get('z') as Tensor];
    const { scale } = scales.get('z') as { scale: Tensor };
    const { heads, headWidth } = model.family.shape;
    // Rows of unequal length have edits of their own: one scale per row and head.
    expect(scale.data).toHaveLength(rows.length * heads);
    const perRow = z.data.length / rows.length;
    scale.data.forEach((slope, at) => {
      const isOwn = (i: number) => Math.floor(i / perRow) * heads + (Math.floor(i / headWidth) % heads) === at;
      const expected = z.data.reduce((sum, x, i) => (isOwn(i) ? sum + x * (dz.data[i] as number) : sum), 0);
      expect(slope).toBeCloseTo(expected, 4);
    });
  });

  it('through one input of each head alone: over heads and inputs they add up to what attention passes back', async () => {
    const { tape, scored } = await scoredTape();
    const { upstream } = await tape.score(scored);
    const layer = 1;
    const found = await tape.block(layer, upstream, { sites: ['q', 'k', 'v', 'residMid'] });
    const sum = new Float32Array(upstream.data.length);
    for (const input of ['q', 'k', 'v'] as const) {
      const each = await tape.headInput(layer, input, found.sites.get(input) as Tensor);
      const width = each.axes.at(-1)?.size ?? 1;
      const heads = each.axes[2]?.size ?? 1;
      each.data.forEach((value, i) => {
        const place = Math.floor(i / (heads * width)) * width + (i % width);
        sum[place] = (sum[place] as number) + value;
      });
    }
    // residPre reaches residMid by itself and through attention.
    const direct = found.sites.get('residMid') as Tensor;
    const largest = found.upstream.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    found.upstream.data.forEach((whole, i) => {
      const parts = (direct.data[i] as number) + (sum[i] as number);
      expect(Math.abs(parts - whole)).toBeLessThan(1e-5 * largest + 1e-6);
    });
  });

  it('with respect to weights: along a random direction it is the difference quotient', async () => {
    const { tape, scored } = await scoredTape();
    const found = await weightGradients(model, tape, scored);
    const names = [...found.keys()];
    expect(names).toContain('model.layers.0.self_attn.q_proj.weight');
    expect(names).toContain('model.embed_tokens.weight');
    const gain = 'model.layers.1.post_attention_layernorm.weight';
    const down = 'model.layers.1.mlp.down_proj.weight';
    expect(found.get(gain)?.axes).toEqual([{ axis: 'D', size: model.family.shape.width }]);
    // Scaling the down projection scales mlpOut: sum(weight . gradient) is d metric / d scale.
    const weight = await readFloat32(model.files.tensors.get(down) as StoredTensor);
    const slope = weight.reduce((sum, w, i) => sum + w * (found.get(down)?.data[i] as number), 0);
    expect(slope).toBeCloseTo(((await scaledMetric(1.01)) - (await scaledMetric(0.99))) / 0.02, 2);
  });

  async function scaledMetric(by: number): Promise<number> {
    const { tape, scored } = await scoredTape([{ site: 'mlpOut', layers: [1], operation: { kind: 'scale', by } }]);
    return (await tape.score(scored)).values.reduce((a, b) => a + b, 0);
  }
});

/** An edit's values are by position in the row, gradients by slot: the second row begins one slot later. */
function byPosition(x: Tensor, data: Float32Array): Float32Array {
  const moved = new Float32Array(data.length);
  data.forEach((value, flat) => {
    const to = positionsOf(x, flat);
    if (!isPadding(x, flat)) moved[to.reduce((at, i, axis) => at * (x.axes[axis]?.size ?? 1) + i, 0)] = value;
  });
  return moved;
}

/** No edit reaches a slot before a row's first token. */
function isPadding(x: Tensor, flat: number): boolean {
  return positionsOf(x, flat).some((at) => at < 0);
}

/** Indices of a value, slots turned into positions. */
function positionsOf(x: Tensor, flat: number): number[] {
  const index = indexOf(x, flat);
  const offset = (rows[0] as number[]).length - (rows[index[0] as number] as number[]).length;
  return x.axes.map(({ axis }, i) => (index[i] as number) - (axis === 'P' || axis === 'K' ? offset : 0));
}

function indexOf(x: Tensor, flat: number): number[] {
  let rest = flat;
  return x.axes
    .toReversed()
    .map(({ size }) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    })
    .toReversed();
}
