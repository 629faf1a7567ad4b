import { describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import type { DirectLogitsEvent } from '../../engine/scores/directLogits.ts';
import { directLogits } from '../../engine/scores/directLogits.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import { ioi } from '../../fixtures/make/planted/ioi.ts';
import { Scene } from '../planted/scene.ts';
import { openGolden } from '../run/models.ts';
import { differencesByEdits, mean, scenePrompts } from './scenePrompts.ts';

type Kind<K extends DirectLogitsEvent['kind']> = Extract<DirectLogitsEvent, { kind: K }>;

async function partsOf(model: Model, prompts: readonly Prompt[]) {
  const heads: Kind<'head'>[] = [];
  const rest: Kind<'layer'>[] = [];
  let total: Kind<'total'> | null = null;
  for await (const event of directLogits(model, { prompts, seed: 0 })) {
    if (event.kind === 'head') heads.push(event);
    if (event.kind === 'layer') rest.push(event);
    if (event.kind === 'total') total = event;
  }
  if (total === null) throw new RangeError('no total');
  return { heads, rest, total };
}

const folders = [
  'llama-gqa',
  'llama-biases',
  'gpt2-tied',
  'gptNeoX-parallel',
  'gptJ-partial',
  'olmo2-normed',
  'gemma-mqa',
  'gemma3-mixed',
  'granite-multipliers',
  'cohere-scaled',
  'phi-half',
  'bloom-slopes',
  'opt-before',
  'transformerLens-full',
];

describe.each(folders)('direct logits in %s', (folder) => {
  it('sum to the logit difference of an ordinary forward pass', async () => {
    const model = await openGolden(folder);
    const prompts = scenePrompts(model, [8, 6, 8]);
    const { heads, rest, total } = await partsOf(model, prompts);
    const differences = await differencesByEdits(model, prompts, []);
    await model.dispose();
    const parts = [
      ...heads.map(({ values }) => values.directLogits.mean),
      ...rest.flatMap(({ mlp, attentionBias }) => [mlp?.mean ?? 0, attentionBias?.mean ?? 0]),
      ...[total.embed.mean, total.constant.mean],
    ];
    const scale = Math.max(1, ...parts.map(Math.abs));
    expect(Math.abs(parts.reduce((a, b) => a + b, 0) - mean(differences)) / scale).toBeLessThan(1e-5);
    expect(Math.abs(total.metric.mean - mean(differences)) / scale).toBeLessThan(1e-5);
    expect(total.residue / scale).toBeLessThan(1e-5);
  });
});

describe('direct logits', () => {
  it('in a model with a soft cap are those before it', async () => {
    const model = await openGolden('gemma2-caps');
    const cap = model.family.description.unembedding.softCap ?? NaN;
    const prompts = scenePrompts(model, [8, 8]);
    const { total } = await partsOf(model, prompts);
    const uncapped = async (prompt: Prompt) => {
      const { logits } = await model.forward({ ids: [prompt.ids], logits: 'last' });
      const at = (id: number) => cap * Math.atanh((logits?.data[id] ?? NaN) / cap);
      const average = (ids: readonly number[]) => mean(ids.map(at));
      return average(prompt.answers) - average(prompt.wrong);
    };
    const expected = mean(await Promise.all(prompts.map(uncapped)));
    await model.dispose();
    expect(total.metric.mean).toBeCloseTo(expected, 4);
    expect(total.residue).toBeLessThan(1e-4);
  });

  it('give the planted heads what is written down: +16 and -4, and nobody else anything', async () => {
    const scene = await Scene.open(ioi);
    const [circuit] = ioi.circuits;
    if (circuit === undefined) throw new RangeError('the model has a circuit');
    const { heads, total } = await partsOf(scene.model, scene.prompts(circuit));
    await scene.model.dispose();
    const of = (layer: number, head: number) =>
      heads.find((one) => one.layer === layer && one.head === head)?.values.directLogits.mean;
    expect(of(2, 0)).toBeCloseTo(16, 2);
    expect(of(3, 3)).toBeCloseTo(-4, 2);
    const others = heads.filter(({ layer, head }) => !(layer === 2 && head === 0) && !(layer === 3 && head === 3));
    for (const { values } of others) expect(Math.abs(values.directLogits.mean)).toBeLessThan(1e-2);
    expect(total.metric.mean).toBeCloseTo(12, 2);
  });

  it('go through long prompts in chunks with the same numbers', async () => {
    const model = await openGolden('llama-gqa');
    const [long] = scenePrompts(model, [12]);
    if (long === undefined) throw new RangeError('no prompt');
    const early = { ...long, answerPosition: 5 };
    const { heads, total } = await partsOf(model, [early]);
    const cut = { ...early, ids: early.ids.slice(0, 6) };
    const short = await partsOf(model, [cut]);
    await model.dispose();
    expect(total.metric.mean).toBeCloseTo(short.total.metric.mean, 5);
    for (const [i, { values }] of heads.entries()) {
      expect(values.directLogits.mean).toBeCloseTo(short.heads[i]?.values.directLogits.mean ?? NaN, 5);
    }
  });

  it('refuse a prompt without wrong answers, and a stream that is normed after each addition', async () => {
    const model = await openGolden('llama-gqa');
    const [prompt] = scenePrompts(model, [6]);
    if (prompt === undefined) throw new RangeError('no prompt');
    await expect(partsOf(model, [{ ...prompt, wrong: [] }])).rejects.toThrow(/wrong for logitDifference/);
    await model.dispose();
    const post = await openGolden('opt-after');
    await expect(partsOf(post, scenePrompts(post, [6]))).rejects.toThrow(/normed after each addition/);
    await post.dispose();
  });
});
