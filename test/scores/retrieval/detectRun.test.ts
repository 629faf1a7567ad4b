import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import type { DetectionMode } from '../../../engine/scores/retrieval/detectRun.ts';
import { detectRun } from '../../../engine/scores/retrieval/detectRun.ts';
import { retrievalScores } from '../../../engine/scores/retrieval/index.ts';
import type { RetrievalScore, TargetRun } from '../../../engine/scores/retrieval/retrievalScore.ts';
import { WriteDirections } from '../../../engine/scores/retrieval/writeDirections.ts';
import { plantedNeedle, plantedRun } from './plantedRuns.ts';

let model: Model;
beforeAll(async () => {
  model = await openModel(plantedNeedle);
});
afterAll(() => model.dispose());

interface Settings {
  readonly mode?: DetectionMode;
  readonly scores?: readonly RetrievalScore[];
  readonly endIds?: readonly number[];
}

function detect(run: TargetRun, { mode = 'generate', scores = [], endIds = [] }: Settings = {}) {
  const textOf = (ids: readonly number[]) => model.tokenizer.decode(ids);
  const tokenText = (id: number) => model.tokenizer.tokenText(id);
  return detectRun(model, run, { mode, scores, endIds, textOf, tokenText, directions: new WriteDirections(model) });
}

/** The copy head of the planted circuit, L1H1 of 2 x 4. */
const copyHead = 5;

describe('copies', () => {
  it.each(['generate', 'forced'] as const)('the planted head has 1 and all others 0 (%s)', async (mode) => {
    // At 24 the marked word would be the token before, which L0H0 attends to.
    for (const at of [0, 7, 20]) {
      const { legacy, capped, copies, counts } = await detect(plantedRun(model, at), { mode });
      expect([...legacy]).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
      expect([...capped]).toEqual([...legacy]);
      expect(copies).toEqual([{ layer: 1, head: 1, step: 0, key: at + 2 }]);
      expect(counts).toBe(true);
    }
  });

  it('counts a token no more often than the span has it, where capped', async () => {
    const { ids } = plantedRun(model, 3);
    const recall = ids.at(-1) ?? 0;
    // The answer is forced, and each `recall` in it fetches the marked word again.
    const [ocean = 0] = model.tokenizer.encode('ocean', { special: false });
    const run = plantedRun(model, 3, 'ocean', { answer: [ocean, recall, ocean, recall, ocean], answerText: 'ocean' });
    const { legacy, capped } = await detect(run, { mode: 'forced' });
    expect([legacy[copyHead], capped[copyHead]]).toEqual([3, 1]);
  });

  it('divides by the length of the span', async () => {
    const run = plantedRun(model, 5, 'ocean', { span: [6, 10] });
    const { legacy } = await detect(run);
    expect(legacy[copyHead]).toBe(0.25);
  });

  it('takes neither a key outside the span nor one with another token', async () => {
    const outside = await detect(plantedRun(model, 5, 'ocean', { span: [9, 12] }));
    expect([...outside.legacy].every((value) => value === 0)).toBe(true);
    const wrong = await detect(plantedRun(model, 5, 'ocean', { answer: [4] }), { mode: 'forced' });
    expect(wrong.legacy[copyHead]).toBe(0);
    expect(wrong.correct).toEqual([false]);
  });
});

describe('generation', () => {
  it('ends with an end token, whose step counts', async () => {
    const [ocean = 0] = model.tokenizer.encode('ocean', { special: false });
    const run = plantedRun(model, 4, 'ocean', { maxNew: 6 });
    const { generated, legacy, response } = await detect(run, { endIds: [ocean] });
    expect(generated).toEqual([ocean]);
    expect(legacy[copyHead]).toBe(1);
    expect(response).toBe('');
  });

  it('ends after maxNew tokens, and where the context is full', async () => {
    const three = await detect(plantedRun(model, 4, 'ocean', { maxNew: 3 }));
    expect(three.generated).toHaveLength(3);
    const { ids } = plantedRun(model, 4);
    const long = [...Array.from({ length: 254 - ids.length }, () => ids[1] ?? 0), ...ids];
    const full = await detect({ ...plantedRun(model, 4), ids: long, span: [1, 2], maxNew: 50 });
    expect(full.generated).toHaveLength(3);
  });

  it('is that of the model', async () => {
    const run = plantedRun(model, 9, 'ocean', { maxNew: 8 });
    const ids: number[] = [];
    for await (const { id } of model.generate({ ids: run.ids, maxNew: 8, endIds: [] })) ids.push(id);
    expect((await detect(run)).generated).toEqual(ids);
  });
});

describe('the gate', () => {
  it('keeps a run that fails with what it said, and does not count it', async () => {
    const run = plantedRun(model, 4, 'ocean', { answerText: 'bridge over the ocean' });
    const { counts, success, rouge, reason, response, legacy } = await detect(run);
    expect([counts, success, rouge, response]).toEqual([false, false, 0.25, 'ocean']);
    expect(reason).toBe('ROUGE-1 recall 0.25, not above 0.5');
    expect(legacy[copyHead]).toBe(1);
  });

  it('is not there without an answer', async () => {
    const { counts, success, rouge } = await detect(plantedRun(model, 4, 'ocean', { answer: null, answerText: null }));
    expect([counts, success, rouge]).toEqual([true, null, null]);
  });

  it('asks for F1 where a needle is one of reasoning', async () => {
    const run = { ...plantedRun(model, 4, 'ocean', { maxNew: 8 }), judge: 'f1' } as const;
    const { counts, reason } = await detect(run);
    expect(counts).toBe(false);
    expect(reason).toMatch(/^F1 0\.\d\d, not above 0\.5$/);
  });

  it('says that a run without an answer can not be forced', async () => {
    const run = plantedRun(model, 4, 'ocean', { answer: null, answerText: null });
    await expect(detect(run, { mode: 'forced' })).rejects.toThrow(
      'run-4: no answer to give: expected an answer, or generate mode, got none',
    );
  });
});

describe('other scores', () => {
  const rows = retrievalScores.filter(({ reads }) => reads === 'answer');

  it.each(['generate', 'forced'] as const)('read the planted write exactly (%s)', async (mode) => {
    const { scores } = await detect(plantedRun(model, 11), { mode, scores: rows });
    const value = (id: string, at: number) => scores[id]?.[at] ?? NaN;
    // 12 logits are what the circuit is compiled for, all of them from the marked position.
    expect(value('locos', copyHead)).toBeCloseTo(12, 2);
    // Without a final norm the folded form is the raw one.
    expect(value('locosFolded', copyHead)).toBeCloseTo(12, 2);
    expect(value('directLogit', copyHead)).toBeCloseTo(12, 2);
    expect(value('spatial', copyHead)).toBeCloseTo(1, 3);
    expect(value('reasoning', copyHead)).toBeCloseTo(1, 3);
    for (const at of [0, 1, 2, 3, 4, 6, 7]) {
      expect(Math.abs(value('locos', at))).toBeLessThan(1e-3);
      expect(Math.abs(value('directLogit', at))).toBeLessThan(1e-3);
    }
  });

  it('have no value where the generation lacks the answer, and the question none where it is not known', async () => {
    const run = plantedRun(model, 11, 'ocean', { answer: null, answerText: null });
    const { scores } = await detect(run, { scores: retrievalScores });
    expect(Object.values(scores)).toEqual(Object.values(scores).map(() => null));
    expect(Object.keys(scores)).toHaveLength(6);
  });

  it('say how probable the answer was', async () => {
    const { logProbabilities, correct } = await detect(plantedRun(model, 11), { mode: 'forced' });
    const { logits } = await model.forward({ ids: [plantedRun(model, 11).ids], logits: 'last' });
    const [ocean = 0] = plantedRun(model, 11).answer ?? [];
    const values = logits?.data ?? new Float32Array(0);
    const sum = values.reduce((total, value) => total + Math.exp(value), 0);
    expect(logProbabilities?.[0]).toBeCloseTo((values[ocean] ?? NaN) - Math.log(sum), 5);
    expect(correct).toEqual([true]);
  });
});
