/** The whole model as one graph: its loss is that of the model as it runs, its gradients those of PyTorch. */
import { describe, expect, it } from 'vitest';
import { architectures } from '../../engine/arch/index.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import { gradient, gradientName } from '../../engine/graph/gradient.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { inputsOf, parametersOf } from '../../engine/graph/graph.ts';
import { axisNames } from '../../engine/graph/value.ts';
import type { ModelDescription } from '../../engine/run/model.ts';
import { describeModel, openModel } from '../../engine/run/model.ts';
import type { Feed, Feeds } from '../../engine/run/ort.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import type { AdamWSettings } from '../../engine/train/adamW.ts';
import type { TrainedWeight } from '../../engine/train/modelGraph.ts';
import { modelGraph } from '../../engine/train/modelGraph.ts';
import { storedTensors } from '../../engine/train/saveModel.ts';
import { startState } from '../../engine/train/state.ts';
import type { TokenBatch } from '../../engine/train/tokens.ts';
import { fixedFeeds, stepGraph, TrainingStep } from '../../engine/train/trainingStep.ts';
import { goldenFolders, goldenPath, readIds } from '../arch/golden.ts';
import { gradientFolders } from '../arch/gradientGolden.ts';
import { areSame, storedOf, storedValues } from './checkpoints.ts';
import { centralDifferences, scalarOf } from './differences.ts';

const settings: AdamWSettings = { betas: [0.9, 0.98], epsilon: 1e-8, weightDecay: 0.1, clip: 1 };

/** The first of each family, where it is causal, and others with something of their own. */
const trained = [
  ...architectures.map(({ id }) => goldenFolders.find((folder) => folder.startsWith(`${id}-`)) ?? id),
  'llama-dynamic',
  'transformerLens-full',
  'transformerLens-shortformer',
].filter((folder) => folder !== 'transformerLens-bidirectional');

/** Random ids, targets and weights. */
function drawBatch(vocabulary: number, rows: number, length: number): TokenBatch {
  const random = seededRandom(9);
  const ids = () => BigInt64Array.from({ length: rows * length }, () => BigInt(random.below(vocabulary)));
  return { ids: ids(), targets: ids(), weights: Float32Array.from({ length: rows * length }, () => random.next()) };
}

/** Weighted cross entropy by the definition, from logits [B P V]. */
function lossOf({ data, axes }: Tensor, { targets, weights }: TokenBatch): number {
  const width = axes.at(-1)?.size ?? 1;
  const each = Array.from(targets, (target, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    const most = Math.max(...row);
    return most + Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0)) - (row[Number(target)] ?? NaN);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return each.reduce((sum, nats, i) => sum + nats * (weights[i] ?? NaN), 0) / total;
}

function rowsOf(ids: BigInt64Array, length: number): number[][] {
  return Array.from({ length: ids.length / length }, (_, row) =>
    Array.from(ids.subarray(row * length, (row + 1) * length), Number),
  );
}

/** Weights and everything else that the graph reads, in float64. */
async function reference(
  graph: Graph,
  model: ModelDescription,
  weights: readonly TrainedWeight[],
  given: Feeds,
): Promise<Map<string, Dense>> {
  const stored = await storedValues(model, weights);
  const fed = (name: string): ArrayLike<number | bigint> | undefined => stored.get(name) ?? given[name]?.data;
  return new Map(
    [...inputsOf(graph), ...parametersOf(graph)].map(({ name, type }) => {
      const axes = axisNames(type).map((axis, i) => ({ axis, size: Number(type.axes[i]?.size) }));
      return [name, dense(axes, Float64Array.from(fed(name) ?? [], Number))] as const;
    }),
  );
}

function batchFeeds({ ids, targets, weights }: TokenBatch, shape: readonly number[]): Record<string, Feed> {
  return { ids: { data: ids, shape }, targets: { data: targets, shape }, lossWeights: { data: weights, shape } };
}

describe('a training step of every family', () => {
  it.each(trained)('%s has the loss of the model as it runs', async (folder) => {
    const model = await openModel(goldenPath(folder), { weights: 'float32' });
    const { vocabulary, outputVocabulary } = model.family.shape;
    const shape = { rows: 2, length: 9 };
    const batch = drawBatch(Math.min(vocabulary, outputVocabulary), shape.rows, shape.length);
    const { logits } = await model.forward({ ids: rowsOf(batch.ids, shape.length), logits: 'all' });
    const step = await TrainingStep.create(model.family, shape, settings);
    const begun = startState(await storedValues(model, modelGraph(model.family, shape).weights));
    const { loss, gradientNorm, state } = await step.run(begun, batch, 0);
    expect(loss).toBeCloseTo(lossOf(logits as Tensor, batch), 5);
    expect(gradientNorm).toBeGreaterThan(0);
    // At a learning rate of 0 nothing moves.
    for (const [name, values] of begun.weights) expect(areSame(state.weights.get(name), values), name).toBe(true);
    await Promise.all([step.release(), model.dispose()]);
  });

  it('are there for every family', () => {
    const families = new Set(trained.map((folder) => folder.split('-')[0]));
    expect([...families].sort()).toEqual(architectures.map(({ id }) => id).sort());
  });
});

describe('gradients of the whole model', () => {
  const root = 'fixtures/gradients';
  const folders = gradientFolders.map(({ folder }) => folder).filter((folder) => !folder.endsWith('-bidirectional'));

  /** d sum(logits * R) / d weights, by the tensor's name in the checkpoint. */
  async function gradientsOf(folder: string): Promise<{ got: Map<string, Float64Array>; expected: typeof got }> {
    const golden = await readSafetensors(`${root}/${folder}.safetensors`);
    const model = await describeModel(goldenPath(folder));
    const ids = readIds(golden.tensors.get('ids'));
    const shape = { rows: ids.length, length: ids[0]?.length ?? 0 };
    const { g, logits, weights } = modelGraph(model.family, shape);
    const direction = g.input('R', axisNames(logits.type).join(' '), 'float32', {
      V: model.family.shape.outputVocabulary,
      B: shape.rows,
      P: shape.length,
    });
    g.output('scalar', g.contract(logits, direction, ''));
    const names = weights.map(({ name }) => name);
    const whole = gradient(g.build(), 'scalar', names, { mayStretch: () => false });
    const graph = { ...whole, outputs: new Map([...whole.outputs].filter(([name]) => name !== 'scalar')) };
    const r = await readFloat32(golden.tensors.get('logits') ?? expect.fail());
    const given = {
      ...fixedFeeds(model.family, shape),
      ...batchFeeds({ ids: BigInt64Array.from(ids.flat(), BigInt), targets: new BigInt64Array(0), weights: r }, []),
      R: { data: r, shape: [] },
    };
    const values = evaluate(graph, await reference(graph, model, weights, given));
    const rows = new Map(names.map((name) => [name, Float32Array.from(values.get(gradientName(name))?.data ?? [])]));
    const got = new Map<string, Float64Array>();
    for (const { name, data } of storedTensors(weights, rows)) {
      const weight = weights.find(({ source }) => source.tensors[0] === name) ?? expect.fail();
      got.set(storedOf(model, weight).name, Float64Array.from(data));
    }
    const expected = new Map<string, Float64Array>();
    for (const [name, tensor] of golden.tensors) {
      if (name.startsWith('weight.')) expected.set(name.slice(7), Float64Array.from(await readFloat32(tensor)));
    }
    return { got, expected };
  }

  const largest = (values: Float64Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

  it.each(folders)('%s has those of autograd at every weight, tied ones added up', async (folder) => {
    const { got, expected } = await gradientsOf(folder);
    expect(expected.size).toBeGreaterThan(5);
    const all = Math.max(...[...expected.values()].map(largest));
    for (const [name, values] of expected) {
      // Some are 0 but for rounding: a bias of keys moves all scores of a query alike.
      const unit = largest(values) < 1e-9 * all ? all : largest(values);
      const own = got.get(name) ?? expect.fail(`${folder}: no gradient of ${name}`);
      expect(own.length, name).toBe(values.length);
      expect(largest(values.map((x, i) => x - (own[i] ?? NaN))) / unit, name).toBeLessThan(1e-5);
    }
  });
});

describe('the loss of a whole llama model', () => {
  const shape = { rows: 2, length: 5 };

  it('has the gradient of its differences at every weight, and takes the step that it says', async () => {
    const model = await describeModel(goldenPath('llama-biases'));
    const { graph, weights } = stepGraph(model.family, shape, { ...settings, clip: 0.01 });
    const batch = drawBatch(model.family.shape.vocabulary, shape.rows, shape.length);
    const given = { ...fixedFeeds(model.family, shape), ...batchFeeds(batch, [2, 5]) };
    const feeds = await reference(graph, model, weights, given);
    for (const [name, value] of [
      ['learningRate', 0.1],
      ['firstCorrection', 10],
      ['secondCorrection', 50],
    ] as const) {
      feeds.set(name, dense([], Float64Array.of(value)));
    }
    for (const { name } of weights) {
      const { axes, data } = feeds.get(name) ?? expect.fail();
      for (const moment of ['first', 'second'])
        feeds.set(`${moment}.${name}`, dense(axes, new Float64Array(data.length)));
    }
    const stepped = evaluate(graph, feeds);
    const norm = stepped.get('gradientNorm')?.data[0] ?? NaN;
    expect(norm).toBeGreaterThan(0.01);
    const random = seededRandom(2);
    let squares = 0;
    for (const { name, source } of weights) {
      const [first, before] = [stepped.get(`next.first.${name}`)?.data ?? expect.fail(), feeds.get(name)?.data];
      // m = (1 - beta1) clipped g
      const slopes = Array.from(first, (m) => ((m / 0.1) * (norm + 1e-6)) / 0.01);
      squares += slopes.reduce((sum, slope) => sum + slope ** 2, 0);
      const at = [random.below(first.length)];
      const expected = centralDifferences(graph, 'loss', name, feeds, at);
      at.forEach((place, i) => expect(slopes[place], `${name}[${place}]`).toBeCloseTo(expected[i] ?? NaN, 6));
      // The first step goes against the sign of each gradient; matrices decay by a hundredth of themselves.
      at.forEach((place) => {
        const [w, g] = [before?.[place] ?? NaN, (first[place] ?? NaN) / 0.1];
        const kept = source.start === undefined ? w * (1 - 0.1 * 0.1) : w;
        expect(stepped.get(`next.${name}`)?.data[place]).toBeCloseTo(kept - (0.1 * g) / (Math.abs(g) + 1e-8), 12);
      });
    }
    expect(Math.sqrt(squares)).toBeCloseTo(norm, 10);
    expect(scalarOf(graph, 'loss', feeds)).toBeGreaterThan(1);
  });

  it('holds a tied embedding once', async () => {
    const { family } = await describeModel(goldenPath('llama-biases'));
    const names = modelGraph(family, shape).weights.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => /embed_tokens|lm_head/.test(name))).toEqual(['model.embed_tokens.weight']);
  });
});
