/** What a training run writes is what the checkpoint of the family holds: names, shapes, values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../engine/arch/architecture.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { describeModel, openModel } from '../../engine/run/model.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { configText } from '../../engine/train/configText.ts';
import { modelGraph } from '../../engine/train/modelGraph.ts';
import { saveModel, storedTensors } from '../../engine/train/saveModel.ts';
import { startWeights } from '../../engine/train/startWeights.ts';
import { goldenFolders, goldenPath } from '../arch/golden.ts';
import { faultOf, put, temporaryFolder } from '../files/temporary.ts';
import { areSame, storedOf, storedValues } from './checkpoints.ts';

const folder = temporaryFolder();

/** Buffers that older savings hold and no forward pass needs. */
const buffers = /\.(bias|masked_bias|mask|IGNORE|inv_freq|rotary_cos|rotary_sin)$/;

async function trainedWeightsOf(path: string) {
  const model = await describeModel(path);
  const { weights } = modelGraph(model.family, { rows: 1, length: 2 });
  return { model, weights, values: await storedValues(model, weights) };
}

describe('the tensors that are written', () => {
  it.each(goldenFolders)('of %s are those of the checkpoint', async (name) => {
    const { model, weights, values } = await trainedWeightsOf(goldenPath(name));
    const written = new Set<string>();
    for (const tensor of storedTensors(weights, values)) {
      const weight = weights.find(({ source }) => source.tensors[0] === tensor.name) ?? expect.fail(tensor.name);
      const stored = storedOf(model, weight);
      expect(tensor.shape, tensor.name).toEqual(stored.shape);
      // The first rows of OPT's position table are never looked up.
      const from = (weight.source.rows?.[0] ?? 0) * (tensor.data.length / (tensor.shape[0] ?? 1));
      const unread = weights.every(({ source }) => source.tensors[0] !== tensor.name || source.rows?.[0] !== 0);
      const start = weight.source.rows !== undefined && unread ? from : 0;
      const expected = (await readFloat32(stored)).subarray(start);
      expect(areSame(tensor.data.subarray(start), expected), tensor.name).toBe(true);
      written.add(stored.name);
    }
    const left = [...model.files.tensors.keys()].filter((tensor) => !written.has(tensor) && !buffers.test(tensor));
    expect(left).toEqual([]);
  });
});

describe('weights before training', () => {
  const settings = { embedding: 0.5, matrices: 'fanIn', scaledOutputs: true } as const;
  const isVector = (name: string) => /norm|bias|ln_|\.ln|\._?b_/.test(name);

  it.each(goldenFolders)('of %s: gains and biases stated, matrices drawn as wide as what they sum', async (name) => {
    const { model, weights } = await trainedWeightsOf(goldenPath(name));
    const { family } = model;
    const start = startWeights(weights, family.shape.layers, settings, seededRandom(1));
    const parameters = modelGraph(family, { rows: 1, length: 2 });
    const graph = parameters.g.build();
    for (const { name: weight, source } of weights) {
      const values = start.get(weight) ?? expect.fail(weight);
      if (isVector(weight)) {
        // Gemma stores gains as their difference from 1.
        const gain = name.startsWith('gemma') ? 0 : 1;
        const value = /bias$|\.b$|\._?b_/.test(weight) ? 0 : gain;
        expect(
          values.every((x) => x === value),
          weight,
        ).toBe(true);
        continue;
      }
      const expected = expectedDeviation(
        weight,
        source.axes.map(({ axis }) => axis),
      );
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
      // Of n draws: 1 +- 1 / sqrt(2 n).
      expect(Math.abs(deviation / expected - 1), weight).toBeLessThan(4.5 / Math.sqrt(2 * values.length));
    }

    /** From the graph: the axes that the product with this weight sums, and whether it makes what is added to the stream. */
    function expectedDeviation(weight: string, axes: readonly string[]): number {
      const id = graph.definitions.findIndex((definition) => 'name' in definition && definition.name === weight);
      const uses = graph.definitions.filter(
        (definition) => definition.kind === 'operation' && definition.inputs.includes(id),
      );
      const isTable = uses.some((use) => use.kind === 'operation' && use.primitive === 'gather');
      if (isTable || axes.includes('S')) return settings.embedding;
      const product = uses.find((use) => use.kind === 'operation' && use.primitive === 'contract');
      if (product === undefined) return expect.fail(`${weight} is multiplied with nothing`);
      const made = new Set(product.type.axes.map(({ axis }) => axis as string));
      const { type } = graph.definitions[id] ?? expect.fail();
      const fan = type.axes.reduce((n, { axis, size }) => (made.has(axis) ? n : n * Number(size)), 1);
      const writes = axes.includes('D') && made.has('D') && !axes.includes('F');
      return 1 / Math.sqrt(fan * (writes ? 2 * family.shape.layers : 1));
    }
  });

  it('are the same for the same seed, and of the deviations asked for', async () => {
    const { model, weights } = await trainedWeightsOf(goldenPath('gpt2-tied'));
    const { layers } = model.family.shape;
    const asked = { embedding: 0.1, matrices: 0.02, scaledOutputs: false } as const;
    const draw = (seed: number) => startWeights(weights, layers, asked, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    for (const { name, source } of weights) {
      if (source.start !== undefined) continue;
      const values = draw(7).get(name) ?? expect.fail(name);
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
      expect(deviation / (/wte|wpe/.test(name) ? 0.1 : 0.02), name).toBeCloseTo(1, 1);
    }
  });
});

describe('a folder that is written', () => {
  const ids = [[1, 5, 9, 2, 7, 3]];

  it.each(['llama-gqa', 'opt-before', 'phi3-window', 'gpt2-bare', 'transformerLens-full'])(
    'opens again as %s, with the same logits',
    async (name) => {
      const { model, weights, values } = await trainedWeightsOf(goldenPath(name));
      const path = join(folder, name);
      await saveModel(path, { config: model.files.config, weights, values, beside: [], dtype: 'float32' });
      const [written, original] = [await openModel(path), await openModel(goldenPath(name))];
      const [got, expected] = [await written.forward({ ids }), await original.forward({ ids })];
      expect(areSame(got.logits?.data, expected.logits?.data)).toBe(true);
      await Promise.all([written.dispose(), original.dispose()]);
    },
  );

  it('holds 16-bit weights, the config with its dtype, and the files beside', async () => {
    const { model, weights, values } = await trainedWeightsOf(goldenPath('llama-gqa'));
    const beside = [{ name: 'tokenizer.json', path: put(folder, 'elsewhere.json', '{"a": 1}') }];
    const path = join(folder, 'half');
    await saveModel(path, { config: model.files.config, weights, values, beside, dtype: 'float16' });
    const written = await describeModel(path);
    expect([...written.files.tensors.values()].every(({ type }) => type === 'F16')).toBe(true);
    const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as Config;
    expect(config).toEqual({ ...model.files.config, dtype: 'float16' });
    expect(readFileSync(join(path, 'tokenizer.json'), 'utf8')).toBe('{"a": 1}');
  });

  it('has whole numbers that transformers wants as floats written as floats', () => {
    const text = configText({ final_logit_softcapping: 30, head_dim: 16, logit_scale: 0.5, init_std: 1, tail: null });
    expect(text).toBe(
      '{\n  "final_logit_softcapping": 30.0,\n  "head_dim": 16,\n  "logit_scale": 0.5,\n  "init_std": 1.0,\n  "tail": null\n}\n',
    );
  });

  it('refuses a weight that float16 has no place for, and names it', async () => {
    const { model, weights, values } = await trainedWeightsOf(goldenPath('llama-gqa'));
    const far = new Map([...values, ['model.norm.weight', new Float32Array(24).fill(70_000)] as const]);
    const request = { config: model.files.config, weights, values: far, beside: [], dtype: 'float16' } as const;
    expect(await faultOf(() => saveModel(join(folder, 'far'), request))).toBe(
      'model.norm.weight: weight beyond float16: expected dtype float32, or at most 65504 in size, got 70000',
    );
  });

  it('names a file beside it that is gone', async () => {
    const { model, weights, values } = await trainedWeightsOf(goldenPath('llama-gqa'));
    const gone = join(folder, 'gone.json');
    const request = { config: model.files.config, weights, values, dtype: 'float32' } as const;
    const beside = [{ name: 'tokenizer.json', path: gone }];
    expect(await faultOf(() => saveModel(join(folder, 'beside'), { ...request, beside }))).toMatch(
      new RegExp(`^${gone}: cannot be read: got ENOENT`),
    );
  });
});
