import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import type { Prompt } from '../../../engine/tasks/task.ts';
import { promptRows } from '../../../sae/activations/promptRows.ts';
import { sampleRows } from '../../../sae/activations/sampleRows.ts';
import { siteRows } from '../../../sae/activations/siteRows.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { countOf, rowAt } from '../../../sae/rows.ts';
import { headInput } from '../jobs.ts';

let model: Model;
beforeAll(async () => {
  model = await openModel('fixtures/golden/gpt2-tied');
});
afterAll(() => model.dispose());

const windows = [
  [3, 1, 4, 1, 5],
  [2, 7],
  [1, 8, 2, 8],
];

/** Rows of one window, from its second token on. */
async function tokenRows(window: readonly number[], input: DictionaryInput): Promise<Float32Array> {
  const parts = siteRows(model, { windows: [window], places: [input], skip: 1 });
  const step = await parts.next();
  if (step.done === true) throw new Error('no rows');
  return step.value.rows.data;
}

describe('rows of windows', () => {
  const each: DictionaryInput = { ...headInput, head: 'each', layer: 1 };

  it('come in the order of windows and tokens, as many as asked for', async () => {
    const { heads } = model.family.shape;
    const all = await sampleRows(model, { windows, input: each, skip: 1, most: 1000 });
    expect(countOf(all)).toBe((4 + 1 + 3) * heads);
    const few = await sampleRows(model, { windows, input: each, skip: 1, most: 4 * heads + 1 });
    expect(countOf(few)).toBe(4 * heads + 1);
    expect(few.data).toEqual(all.data.subarray(0, few.data.length));
    const alone = await tokenRows(windows[0] ?? [], each);
    alone.forEach((value, i) => expect(all.data[i]).toBeCloseTo(value, 5));
  });

  it('of means are one for each window and head', async () => {
    const { heads, headWidth } = model.family.shape;
    const input = { ...each, rows: 'promptMean' } as const;
    const means = await sampleRows(model, { windows, input, skip: 1, most: 1000 });
    expect(countOf(means)).toBe(3 * heads);
    const last = await tokenRows(windows[2] ?? [], each);
    for (let head = 0; head < heads; head++) {
      const own = rowAt(means, 2 * heads + head);
      own.forEach((value, d) => {
        const at = (token: number) => last[(token * heads + head) * headWidth + d] as number;
        expect(value).toBeCloseTo((at(0) + at(1) + at(2)) / 3, 5);
      });
    }
  });
});

describe('rows of prompts', () => {
  const prompts = windows.map((ids): Prompt => {
    const answerPosition = ids.length - 1;
    const none = { corruptIds: null, negativeIds: null, text: null, positions: {} };
    return { ids, answers: [1], wrong: [2], answerPosition, ...none };
  });

  it('are those of their answer positions, or means', async () => {
    const last = await promptRows(model, prompts, { input: headInput, skip: 1 });
    const means = await promptRows(model, prompts, { input: { ...headInput, rows: 'promptMean' }, skip: 1 });
    for (const [i, window] of windows.entries()) {
      const own = await tokenRows(window, headInput);
      const count = own.length / last.width;
      rowAt(last, i).forEach((value, d) => {
        expect(value).toBeCloseTo(own[(count - 1) * last.width + d] as number, 5);
        const column = own.filter((_v, at) => at % last.width === d);
        expect(rowAt(means, i)[d]).toBeCloseTo(column.reduce((sum, x) => sum + x, 0) / count, 5);
      });
    }
    await expect(promptRows(model, prompts, { input: { ...headInput, head: 'each' }, skip: 1 })).rejects.toThrow(
      'expected one row a token',
    );
  });
});
