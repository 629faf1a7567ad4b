/** d metric / d site at every site and layer of every family, through the runtime. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { makeBatch } from '../../engine/run/batch.ts';
import { Tape } from '../../engine/run/tape.ts';
import { metricObjective } from '../../engine/train/metricObjective.ts';
import { logitDifference } from '../../engine/tasks/metrics.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import type { Site } from '../../engine/terms/sites.ts';
import { sites } from '../../engine/terms/sites.ts';

const golden = 'fixtures/golden';
const all = JSON.parse(readFileSync(join(golden, 'index.json'), 'utf8')) as { folder: string; family: string }[];
/** The last checkpoint of each family. */
const folders = [...new Map(all.map(({ folder, family }) => [family, folder])).values()];

const rows = [
  [3, 9, 14, 2, 7],
  [8, 1, 4, 11, 6],
];
const prompts = rows.map((_, row) => ({ answers: [4 + row], wrong: [9] }));

interface Found {
  readonly site: Site;
  readonly layer: number;
  readonly gradient: Tensor;
}

async function gradientsOf(model: Model): Promise<Found[]> {
  const batch = makeBatch(rows, model.family, 'right');
  const tape = await Tape.record(model, { batch });
  const objective = metricObjective('logitDifference', prompts, model.family.shape.outputVocabulary);
  let { upstream } = await tape.score({ ...objective, slots: rows.map(({ length }) => length - 1) });
  const present = (Object.keys(sites) as Site[]).filter(
    (site) => sites[site].per === 'layer' && model.family.lacks[site] === undefined,
  );
  const found: Found[] = [];
  for (let layer = model.family.shape.layers - 1; layer >= 0; layer--) {
    const block = await tape.block(layer, upstream, { sites: present });
    for (const site of present) found.push({ site, layer, gradient: block.sites.get(site) as Tensor });
    upstream = block.upstream;
  }
  return found;
}

function lengthOf({ data }: Tensor): number {
  return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0));
}

/** A step of length 1 along the gradient, which changes the metric by the gradient's length a unit. */
function along({ site, layer, gradient }: Found, times: number): Edit {
  const size = lengthOf(gradient);
  const value = {
    axes: gradient.axes.map(({ axis }) => axis).join(' '),
    shape: gradient.axes.map((entry) => entry.size),
    data: gradient.data.map((x) => x / size),
  };
  return { site, layers: [layer], operation: { kind: 'add', value, times } };
}

async function metricOf(model: Model, edits: readonly Edit[]): Promise<number> {
  const { logits } = await model.forward({ ids: rows, edits, logits: 'last' });
  const data = (logits as Tensor).data;
  const width = data.length / rows.length;
  return prompts.reduce(
    (sum, prompt, row) => sum + logitDifference(data.subarray(row * width, (row + 1) * width), prompt),
    0,
  );
}

/** (f(x + h d) - f(x - h d)) / 2 h; float32 logits leave about 1e-3. */
async function slope(model: Model, found: readonly Found[]): Promise<number> {
  const step = 1e-3;
  const at = (times: number) =>
    metricOf(
      model,
      found.map((one) => along(one, times)),
    );
  return ((await at(step)) - (await at(-step))) / (2 * step);
}

describe('every family', () => {
  it.each(folders)(
    '%s: a step along the gradients of all sites changes the metric by their lengths',
    async (folder) => {
      const model = await openModel(join(golden, folder));
      try {
        // A pattern that doesn't reach the metric has a gradient of zero, and no direction.
        const found = (await gradientsOf(model)).filter(({ gradient }) => lengthOf(gradient) > 1e-6);
        expect(found.length).toBeGreaterThan(10);
        const expected = found.reduce((sum, { gradient }) => sum + lengthOf(gradient), 0);
        // All were within 1 % at a step of 2e-3 but gptNeo, whose scores are not scaled: 2.0 %, 1.7 % at this step, 1.1 % at half of it.
        expect(Math.abs((await slope(model, found)) - expected)).toBeLessThan(0.02 * expected + 5e-3);
      } finally {
        await model.dispose();
      }
    },
  );

  // Each site by itself compiles a program: `npm run test:long`.
  it.runIf(process.env['HEADSCOPE_LONG'] === '1').each(folders)(
    '%s: each site by itself',
    { timeout: 300_000 },
    async (folder) => {
      const model = await openModel(join(golden, folder));
      try {
        for (const found of await gradientsOf(model)) {
          const size = lengthOf(found.gradient);
          if (size < 1e-6) continue;
          const difference = Math.abs((await slope(model, [found])) - size);
          expect(difference, `${found.site}.${found.layer}`).toBeLessThan(0.02 * size + 5e-3);
        }
      } finally {
        await model.dispose();
      }
    },
  );
});
