import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import type { AblationEvent, AblationKind, AblationRequest, AblationUnit } from '../../engine/scores/ablation.ts';
import { ablate } from '../../engine/scores/ablation.ts';
import { logitDifference } from '../../engine/tasks/metrics.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import type { Site } from '../../engine/terms/sites.ts';
import { openGolden, randomIds } from '../run/models.ts';

const lengths = [8, 8, 8];

function promptsOf(model: Model, sizes: readonly number[]): Prompt[] {
  return sizes.map((length, i) => ({
    ids: randomIds(model, length, 10 + i),
    corruptIds: randomIds(model, length, 20 + i),
    negativeIds: null,
    answers: [3 + i],
    wrong: [11 + i, 12],
    answerPosition: length - 1,
    positions: {},
    text: null,
  }));
}

async function effects(model: Model, request: AblationRequest): Promise<Extract<AblationEvent, { kind: 'unit' }>[]> {
  const units: Extract<AblationEvent, { kind: 'unit' }>[] = [];
  for await (const event of ablate(model, request)) if (event.kind === 'unit') units.push(event);
  return units;
}

/** The same effect by ordinary forward passes with edits: the slow and obvious way. */
async function effectByEdits(
  model: Model,
  prompts: readonly Prompt[],
  kind: AblationKind,
  layer: number,
  sites: readonly Site[],
  heads?: readonly number[],
): Promise<number> {
  const ids = prompts.map((prompt) => prompt.ids);
  const source = kind === 'resample' ? prompts.map(({ corruptIds }) => corruptIds ?? []) : ids;
  const reference = await model.forward({
    ids: source,
    capture: sites.map((site) => ({ site, layers: [layer] })),
    logits: 'none',
  });
  const edits = sites.map((site): Edit => {
    const x = reference.get(site, layer);
    const where = { site, layers: [layer], ...(heads === undefined ? {} : { heads }) };
    if (kind === 'zero') return { ...where, operation: { kind: 'zero' } };
    if (kind === 'scale') return { ...where, operation: { kind: 'scale', by: 0.5 } };
    if (kind === 'uniform')
      return { ...where, site: 'pattern', operation: { kind: 'mix', towards: 'uniform', share: 1 } };
    const axes = x.axes.map(({ axis }) => axis).join(' ');
    const rows = x.axes[0]?.size ?? 1;
    const width = x.data.length / rows;
    const mean = Float32Array.from(
      { length: width },
      (_, i) => Array.from({ length: rows }, (__, b) => x.data[b * width + i] ?? 0).reduce((a, c) => a + c, 0) / rows,
    );
    const shape = x.axes.map(({ size }, i) => (kind === 'mean' && i === 0 ? 1 : size));
    return { ...where, operation: { kind, value: { axes, shape, data: kind === 'mean' ? mean : x.data } } };
  });
  const [clean, edited] = [await model.forward({ ids }), await model.forward({ ids, edits })];
  const metric = (logits: typeof clean.logits, i: number) => {
    if (logits === null) throw new RangeError('no logits');
    const [slots, width] = [logits.axes[1]?.size ?? 0, logits.axes[2]?.size ?? 0];
    const from = (i * slots + (prompts[i]?.answerPosition ?? 0)) * width;
    return logitDifference(logits.data.subarray(from, from + width), prompts[i] ?? { answers: [], wrong: [] });
  };
  const differences = prompts.map((_, i) => metric(edited.logits, i) - metric(clean.logits, i));
  return differences.reduce((sum, x) => sum + x, 0) / prompts.length;
}

describe.each(['llama-gqa', 'gptNeoX-parallel', 'gemma2-caps', 'bloom-alibi'])('ablation of %s', (folder) => {
  let model: Model;
  beforeAll(async () => {
    model = await openGolden(folder);
  });
  afterAll(() => model.dispose());

  it.each([
    ['zero', 'head'],
    ['mean', 'head'],
    ['resample', 'head'],
    ['zero', 'kv-group'],
    ['resample', 'kv-group'],
    ['scale', 'head'],
    ['uniform', 'head'],
    ['uniform', 'kv-group'],
    ['scale', 'layer'],
    ['mean', 'mlp'],
    ['zero', 'layer'],
    ['resample', 'layer'],
  ] as const)('%s of every %s gives what edited forward passes give', async (kind, unit) => {
    const prompts = promptsOf(model, lengths);
    const scaling = kind === 'scale' ? { scaleBy: 0.5 } : {};
    const found = await effects(model, { prompts, metric: 'logitDifference', kind, unit, seed: 0, ...scaling });
    const { layers, heads, kvHeads } = model.family.shape;
    const perLayer: Record<AblationUnit, number> = { head: heads, 'kv-group': kvHeads, layer: 1, mlp: 1 };
    expect(found).toHaveLength(layers * perLayer[unit]);
    for (const event of found) {
      const size = heads / kvHeads;
      const group = event.kvGroup;
      const chosen =
        event.head !== undefined
          ? [event.head]
          : group !== undefined
            ? Array.from({ length: size }, (_, i) => group * size + i)
            : undefined;
      const sites: readonly Site[] = unit === 'mlp' ? ['mlpOut'] : unit === 'layer' ? ['attnOut', 'mlpOut'] : ['z'];
      const expected = await effectByEdits(model, prompts, kind, event.layer, sites, chosen);
      expect(event.effect.mean, `layer ${event.layer}, ${chosen ?? unit}`).toBeCloseTo(expected, 4);
      expect(event.kl.mean).toBeGreaterThanOrEqual(0);
    }
  });

  it('takes prompts of unequal length, each as if it were alone', async () => {
    const prompts = promptsOf(model, [8, 5, 6]);
    const together = await effects(model, {
      prompts,
      metric: 'logitDifference',
      kind: 'resample',
      unit: 'head',
      seed: 0,
    });
    const alone = await Promise.all(
      prompts.map((prompt) =>
        effects(model, { prompts: [prompt], metric: 'logitDifference', kind: 'resample', unit: 'head', seed: 0 }),
      ),
    );
    together.forEach((event, i) => {
      const mean = alone.reduce((sum, events) => sum + (events[i]?.effect.mean ?? NaN), 0) / prompts.length;
      expect(event.effect.mean).toBeCloseTo(mean, 4);
    });
  });

  it('refuses a mean per position over unequal lengths unless they are aligned at the end', async () => {
    const request: AblationRequest = {
      prompts: promptsOf(model, [8, 6]),
      metric: 'logitDifference',
      kind: 'mean',
      unit: 'head',
      seed: 0,
    };
    await expect(effects(model, request)).rejects.toThrow(/--align end/);
    expect(await effects(model, { ...request, align: 'end' })).not.toHaveLength(0);
  });

  it('gives the same numbers again', async () => {
    const request: AblationRequest = {
      prompts: promptsOf(model, lengths),
      metric: 'negativeLogLikelihood',
      kind: 'zero',
      unit: 'head',
      seed: 3,
    };
    expect(await effects(model, request)).toEqual(await effects(model, request));
  });

  it.each(['zero', 'mean', 'resample', 'uniform'] as const)(
    '%s goes on from any unit with the same numbers to the last bit',
    async (kind) => {
      const request: AblationRequest = {
        prompts: promptsOf(model, lengths),
        metric: 'logitDifference',
        kind,
        unit: 'head',
        seed: 0,
        unitsPerRun: 3,
      };
      const whole = await effects(model, request);
      for (const done of [1, 3, 4, whole.length - 1, whole.length]) {
        expect(await effects(model, { ...request, done })).toEqual(whole.slice(done));
      }
    },
  );

  it('refuses uniform attention of what has none, and a scale without a factor', async () => {
    const request: AblationRequest = {
      prompts: promptsOf(model, lengths),
      metric: 'logitDifference',
      kind: 'uniform',
      unit: 'mlp',
      seed: 0,
    };
    await expect(effects(model, request)).rejects.toThrow(/heads or KV groups, got an MLP/);
    await expect(effects(model, { ...request, kind: 'scale' })).rejects.toThrow(/factor/);
  });
});
