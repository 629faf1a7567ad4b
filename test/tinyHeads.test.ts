/** The bundled trained model: it does what it was trained for on fresh prompts, and its record says what it shows. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredTensor } from '../engine/files/modelFiles.ts';
import { readFloat32 } from '../engine/files/readTensor.ts';
import { readSafetensors } from '../engine/files/safetensors.ts';
import type { Model } from '../engine/run/index.ts';
import { openModel } from '../engine/run/index.ts';
import { behaviours, measure, onHeldOutWords, promptsOf, repeatLoss } from '../fixtures/make/tinyHeads/behaviours.ts';
import { behaviourOf, zeroed } from '../fixtures/make/tinyHeads/roles.ts';
import { readIds } from './arch/golden.ts';

const models = 'fixtures/models';
const folder = join(models, 'tiny-heads');

interface Measured {
  readonly metric: { readonly mean: number };
  readonly accuracy: { readonly mean: number };
}

interface Record {
  readonly behaviours: { readonly [id: string]: Measured & { readonly heldOutWords?: Measured } };
  readonly repeatLoss: { readonly ratio: number };
  readonly formation: readonly { readonly step: number }[];
  readonly loss: readonly (readonly [step: number, loss: number])[];
  readonly ablated: readonly {
    readonly role: string;
    readonly behaviour: string;
    readonly heads: readonly string[];
    readonly without: readonly [number, number];
    readonly random: { readonly mean: readonly [number, number] };
  }[];
}

const record = JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')) as Record;

/** What is asked of the model: the metric, the accuracy, or both. */
const demands = {
  ioi: { metric: 2, accuracy: 0.95 },
  greaterThan: { metric: 0.7, accuracy: null },
  keyValue: { metric: null, accuracy: 0.9 },
  docstring: { metric: null, accuracy: 0.8 },
  needle400: { metric: null, accuracy: 0.9 },
} as const;

describe('the record', () => {
  it.each(Object.entries(demands))('meets what is asked: %s', (id, { metric, accuracy }) => {
    const measured = record.behaviours[id];
    for (const found of [measured, ...(measured?.heldOutWords === undefined ? [] : [measured.heldOutWords])]) {
      if (metric !== null) expect(found?.metric.mean).toBeGreaterThan(metric);
      if (accuracy !== null) expect(found?.accuracy.mean).toBeGreaterThan(accuracy);
    }
  });

  it('shows heads forming: 10 to 20 looks, a loss that falls, repeated tokens at under a quarter of their first loss', () => {
    expect(record.formation.length).toBeGreaterThanOrEqual(10);
    expect(record.formation.length).toBeLessThanOrEqual(20);
    expect(record.repeatLoss.ratio).toBeLessThan(0.25);
    expect(record.loss.at(-1)?.[1]).toBeLessThan((record.loss[0]?.[1] ?? 0) / 3);
  });

  it('bundles less than 12 MB of models', () => {
    const sizes = readdirSync(models, { recursive: true, encoding: 'utf8' }).map((name) =>
      statSync(join(models, name)),
    );
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(12e6);
  });
});

describe('the model', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel(folder);
  });
  afterAll(() => model?.dispose());

  it("has Hugging Face's logits", async () => {
    const { tensors } = await readSafetensors('fixtures/trained/tinyHeads.safetensors');
    const ids = readIds(tensors.get('ids'));
    const expected = await readFloat32(tensors.get('logits') as StoredTensor);
    const run = await model.forward({ ids, logits: 'last' });
    const worst = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - (run.logits?.data[i] ?? NaN))), 0);
    expect(worst).toBeLessThan(1e-4);
  });

  // Leeway for 60 prompts: two standard errors of a share of 0.95 are 0.056.
  it.each(behaviours.map(({ id }) => id))('still does it on prompts that the record did not use: %s', async (id) => {
    const behaviour = behaviourOf(id);
    const { accuracy } = await measure(model, behaviour, promptsOf(model, behaviour, id === 'needle400' ? 20 : 60, 99));
    expect(accuracy.mean).toBeGreaterThan(id === 'docstring' ? 0.75 : 0.88);
  });

  it('does indirect object identification for names that it never met in one', async () => {
    const behaviour = behaviourOf('ioi');
    const prompts = onHeldOutWords(model, behaviour, promptsOf(model, behaviour, 400, 98));
    expect(prompts.length).toBeGreaterThan(15);
    expect((await measure(model, behaviour, prompts)).accuracy.mean).toBeGreaterThan(0.85);
  });

  it('predicts random tokens when they come again', async () => {
    const { first, second } = await repeatLoss(model, 16, 40);
    expect(second).toBeLessThan(first / 4);
  });

  it('loses its behaviour with the heads that the record names, and not with others', async () => {
    const named = record.ablated.find(({ role, behaviour }) => role === 'induction' && behaviour === 'induction');
    if (named === undefined) throw new Error('the record names no induction heads');
    const behaviour = behaviourOf('induction');
    const prompts = promptsOf(model, behaviour, 40, 97);
    const { accuracy } = await measure(model, behaviour, prompts, zeroed(named.heads));
    expect(accuracy.mean).toBeLessThan(0.5);
    expect(named.without[1]).toBeLessThan(0.5);
    expect(named.random.mean[1]).toBeGreaterThan(accuracy.mean + 0.3);
  });
});
