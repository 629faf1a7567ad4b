import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { taskPrompts } from '../../../engine/service/calls/task.ts';
import { ioi } from '../../../engine/tasks/ioi.ts';
import { promptRows } from '../../../sae/activations/promptRows.ts';
import { controls } from '../../../sae/controls/index.ts';
import type { Attribute } from '../../../sae/controls/supervised.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import type { AxisValue } from '../../../sae/measures/attributeAxes.ts';
import { attributeAxes } from '../../../sae/measures/attributeAxes.ts';
import { editedAnswers } from '../../../sae/measures/editedAnswers.ts';
import { ioiScene } from '../../../sae/measures/ioiScene.ts';
import type { IoiScene } from '../../../sae/measures/ioiScene.ts';
import type { Rows } from '../../../sae/rows.ts';
import { identityDictionary, readingDictionary } from '../dictionaries.ts';

// The name mover of the planted model writes the indirect object's name, and nothing else, at the end.
const mover = { site: 'z', layer: 2, head: 0 } as const;

let model: Model;
let scene: IoiScene;
let values: readonly AxisValue[];

/** A unit direction for each name: what the head writes when that name is the answer. */
function nameDirections({ width, data }: Rows): Float32Array {
  const { values: names, of } = scene.fit.attributes[0] as Attribute;
  const directions = new Float32Array(names.length * width);
  of.forEach((name, row) => {
    const own = data.subarray(row * width, (row + 1) * width);
    const length = Math.hypot(...own);
    directions.set(
      own.map((x) => x / length),
      name * width,
    );
  });
  return directions;
}

beforeAll(async () => {
  model = await openModel('fixtures/models/planted-ioi');
  const { prompts } = taskPrompts(model, ioi, { n: 80, seed: 0 });
  scene = ioiScene(prompts, (id) => model.tokenizer.decode([id]).trim(), 0);
  const width = model.family.shape.headWidth;
  const rows = await promptRows(model, scene.fit.prompts, { input: { ...mover, rows: 'token' }, skip: 1 });
  const truth: Dictionary = {
    ...readingDictionary(nameDirections(rows), width, mover),
    encoder: { kind: 'topK', k: 1 },
  };
  const mean = Float32Array.from({ length: width }, (_, d) => {
    const column = rows.data.filter((_v, i) => i % width === d);
    return column.reduce((sum, value) => sum + value, 0) / column.length;
  });
  const zero = identityDictionary(width, mover, 0);
  const nothing: Dictionary = { ...zero, weights: new Map([...zero.weights, ['b_dec', mean] as const]) };
  const made = { rows, input: truth.input, features: 64, k: 2, seed: 1, model: null, text: 'ioi' };
  const random = controls.find(({ id }) => id === 'randomDirections')?.make(made) as Dictionary;
  const subjects = Object.entries({ truth, nothing, random }).map(([name, dictionary]) => ({ name, dictionary }));
  const found: AxisValue[] = [];
  for await (const event of attributeAxes(model, scene, subjects, { skip: 1, seed: 0 }))
    if (event.kind === 'value') found.push(event);
  values = found;
});
afterAll(() => model.dispose());

function value(name: string, measure: string, attribute = 'all'): number {
  return (
    values.find((one) => one.name === name && one.measure === measure && one.attribute === attribute)?.value ?? NaN
  );
}

describe('three axes on the name mover of planted-ioi', () => {
  it('the model does the task, and not without the head', () => {
    expect(value('the model', 'logit difference')).toBeGreaterThan(5);
    expect(value('the model', 'logit difference at the mean')).toBeLessThan(value('the model', 'logit difference') - 3);
    expect(value('the model', 'effect of the true edit', 'IO name')).toBeLessThan(-3);
  });

  it('a dictionary that is the truth does what the activation does, and so does the supervised one', () => {
    for (const name of ['truth', 'supervised']) {
      expect(value(name, 'sufficiency'), name).toBeCloseTo(1, 1);
      expect(value(name, 'necessity'), name).toBeCloseTo(1, 1);
    }
  });

  it('means and ratios of means have an interval over held prompts, shares of features none', () => {
    const of = (name: string, measure: string, attribute = 'all') =>
      values.find((one) => one.name === name && one.measure === measure && one.attribute === attribute);
    for (const one of values.filter(({ measure }) => measure !== 'features with F1 of 0.8')) {
      const [low, high] = one.interval ?? [NaN, NaN];
      if (one.interval !== null) expect(low <= one.value + 1e-9 && one.value <= high + 1e-9, one.measure).toBe(true);
    }
    expect(of('random', 'sufficiency')?.interval).not.toBeNull();
    expect(of('the model', 'agreement without an edit', 'IO name')?.interval).not.toBeNull();
    expect(of('truth', 'features with F1 of 0.8', 'IO name')?.interval).toBeNull();
  });

  it('no held prompt is one of those that are fitted to, or another held one', () => {
    const texts = (prompts: IoiScene['fit']['prompts']) => prompts.map(({ ids }) => ids.join(' '));
    const [fit, held] = [texts(scene.fit.prompts), texts(scene.held.prompts)];
    expect(held.filter((text) => fit.includes(text))).toEqual([]);
    expect(new Set(held).size).toBe(held.length);
    const few = ioiScene([...scene.held.prompts, ...scene.held.prompts], (id) => String(id), 3);
    expect(few.held.prompts.length).toBeLessThanOrEqual(scene.held.prompts.length);
  });

  it('one that explains nothing is neither sufficient nor needed', () => {
    expect(value('nothing', 'sufficiency')).toBeCloseTo(0, 3);
    expect(value('nothing', 'necessity')).toBeCloseTo(0, 3);
  });

  it('swapping two features of the truth turns one name into another; random directions do not do as well', () => {
    for (const name of ['truth', 'supervised']) {
      expect(value(name, 'edit success at 2 features', 'IO name'), name).toBeGreaterThan(0.9);
      expect(value(name, 'edit agreement at 2 features', 'IO name'), name).toBeGreaterThan(0.9);
    }
    const random = value('random', 'edit success at 2 features', 'IO name');
    expect(random).toBeLessThan(value('truth', 'edit success at 2 features', 'IO name') - 0.1);
    expect(value('truth', 'share removed at 2 features', 'IO name')).toBeGreaterThan(0.5);
    expect(value('nothing', 'edit success at 16 features', 'IO name')).toBe(0);
  });

  it('its features stand for names, and no feature for the subject or the order', () => {
    expect(value('truth', 'best F1 of a value', 'IO name')).toBeCloseTo(1, 6);
    expect(value('supervised', 'best F1 of a value', 'IO name')).toBeGreaterThan(0.95);
    expect(value('truth', 'best F1 of a value', 'S name')).toBeLessThan(0.6);
    expect(value('truth', 'best F1 of a value', 'IO name and order')).toBeLessThan(0.9);
    expect(value('random', 'best F1 of a value', 'S name')).toBeLessThan(0.6);
  });
});

describe('answers under edits', () => {
  it('are those of a whole forward pass with the same edit', async () => {
    const [prompt] = scene.held.prompts;
    if (prompt === undefined) throw new Error('no prompt');
    const zero = {
      site: 'z',
      layers: [2],
      heads: [0],
      positions: [prompt.answerPosition],
      operation: { kind: 'zero' },
    } as const;
    const [plain, edited] = await editedAnswers(model, prompt, [[], [zero]]);
    for (const [answer, edits] of [
      [plain, []],
      [edited, [zero]],
    ] as const) {
      const { logits } = await model.forward({ ids: [prompt.ids], edits, logits: 'last' });
      const at = (id: number | undefined) => logits?.data[id ?? -1] ?? NaN;
      expect(answer?.logitDifference).toBeCloseTo(at(prompt.answers[0]) - at(prompt.wrong[0]), 3);
    }
  });
});
