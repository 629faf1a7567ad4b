/** Retrieval scores on random models against the slow way: sites captured by ordinary forward passes, with keys edited away. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFloat32 } from '../../../engine/files/readTensor.ts';
import type { Activations, Model } from '../../../engine/run/index.ts';
import type { AnswerReading } from '../../../engine/scores/retrieval/answerRows.ts';
import { readAnswer } from '../../../engine/scores/retrieval/answerRows.ts';
import { generateCopies } from '../../../engine/scores/retrieval/generateCopies.ts';
import { retrievalScores } from '../../../engine/scores/retrieval/index.ts';
import { readQuestion } from '../../../engine/scores/retrieval/questionFocus.ts';
import type { RowScore } from '../../../engine/scores/retrieval/retrievalScore.ts';
import { WriteDirections } from '../../../engine/scores/retrieval/writeDirections.ts';
import type { Site } from '../../../engine/terms/sites.ts';
import { openGolden, randomIds } from '../../run/models.ts';

const cases = [
  ['llama-gqa', 'lm_head.weight'],
  ['llama-biases', 'model.embed_tokens.weight'],
  ['gpt2-tied', 'transformer.wte.weight'],
] as const;

describe.each(cases)('%s', (folder, unembedding) => {
  let model: Model;
  let reading: AnswerReading;
  beforeAll(async () => {
    model = await openGolden(folder);
    reading = await read();
  });
  afterAll(() => model.dispose());

  const rowScores = retrievalScores.filter((score): score is RowScore => score.reads === 'answer');
  const [from, to] = [3, 6] as const;
  const idsOf = () => randomIds(model, 9, 1);
  const answerOf = () => randomIds(model, 3, 2);
  const runOf = () => ({
    ...{ id: 'run', needle: null, length: null, depth: null, maxNew: 4, answerText: null },
    ...{ ids: idsOf(), answer: answerOf(), span: [from, to] as const },
  });

  function read(): Promise<AnswerReading> {
    const continuation = answerOf();
    const steps = continuation.map((_, step) => step);
    const directions = new WriteDirections(model);
    return readAnswer(model, { run: runOf(), continuation, steps, scores: rowScores, directions });
  }

  const whole = () => [...idsOf(), ...answerOf().slice(0, -1)];
  /** Row that produces the answer's token `step`. */
  const rowAt = (step: number) => idsOf().length - 1 + step;

  function patternRow(pattern: Activations, layer: number, head: number, row: number): number[] {
    const { data, axes } = pattern.get('pattern', layer);
    const [rows, keys] = [axes[2]?.size ?? 0, axes[3]?.size ?? 0];
    const at = (head * rows + row) * keys;
    return [...data.subarray(at, at + row + 1)];
  }

  const capture = (site: Site, ids: readonly number[]) =>
    model.forward({ ids: [ids], capture: [{ site }], logits: 'none' });

  const heads = () =>
    Array.from({ length: model.family.shape.layers }, (_, layer) =>
      Array.from({ length: model.family.shape.heads }, (__, head) => ({ layer, head })),
    ).flat();

  /** u . headWrite of one head and row. */
  async function writes(
    only: 'needle' | 'all',
    factor: (step: number, d: number) => number = () => 1,
  ): Promise<(layer: number, head: number, step: number) => number> {
    const tensor = model.files.tensors.get(unembedding);
    if (tensor === undefined) throw new RangeError(`no ${unembedding}`);
    const rows = await Promise.all(answerOf().map((token) => readFloat32(tensor, [token, token + 1])));
    const outside = whole().flatMap((_, key) => (key >= from && key < to ? [] : [key]));
    const layers = Array.from({ length: model.family.shape.layers }, (_, layer) => layer);
    const passes: Activations[] = [];
    for (const layer of layers) {
      const edit = { site: 'pattern', layers: [layer], keys: outside, operation: { kind: 'zero' } } as const;
      const edits = only === 'needle' ? [edit] : [];
      const headWrites = [{ site: 'headWrite', layers: [layer] }] as const;
      passes.push(await model.forward({ ids: [whole()], edits, capture: headWrites, logits: 'none' }));
    }
    const { width, heads: count } = model.family.shape;
    return (layer, head, step) => {
      const { data } = (passes[layer] as Activations).get('headWrite', layer);
      const at = (rowAt(step) * count + head) * width;
      return (rows[step] as Float32Array).reduce(
        (sum, u, d) => sum + u * factor(step, d) * (data[at + d] as number),
        0,
      );
    };
  }

  const meanOverSteps = (of: (step: number) => number) =>
    answerOf().reduce((sum, _, step) => sum + of(step), 0) / answerOf().length;
  const contrast = (on: number, all: number, step: number) =>
    on - ((to - from) / (rowAt(step) + 1 - (to - from))) * (all - on);

  it('logit contributions are what headWrite adds to the logit, from the needle and from elsewhere', async () => {
    const [onNeedle, all] = [await writes('needle'), await writes('all')];
    for (const [i, { layer, head }] of heads().entries()) {
      const total = meanOverSteps((step) => all(layer, head, step));
      const expected = meanOverSteps((step) => contrast(onNeedle(layer, head, step), all(layer, head, step), step));
      expect(reading.scores['directLogit']?.[i]).toBeCloseTo(total, 4);
      expect(reading.scores['locos']?.[i]).toBeCloseTo(expected, 4);
    }
  });

  // An RMS norm is a factor of each component of the stream: gain / s.
  it.runIf(folder.startsWith('llama'))('with the final norm folded in they are logits', async () => {
    const sites = [{ site: 'finalNorm' }, { site: 'residPost', layers: [model.family.shape.layers - 1] }] as const;
    const ends = await model.forward({ ids: [whole()], capture: sites });
    const [normed, stream] = [ends.get('finalNorm').data, ends.get('residPost', model.family.shape.layers - 1).data];
    const factor = (step: number, d: number) => {
      const at = rowAt(step) * model.family.shape.width + d;
      return (normed[at] as number) / (stream[at] as number);
    };
    const [onNeedle, all] = [await writes('needle', factor), await writes('all', factor)];
    for (const [i, { layer, head }] of heads().entries()) {
      const expected = meanOverSteps((step) => contrast(onNeedle(layer, head, step), all(layer, head, step), step));
      expect(reading.scores['locosFolded']?.[i]).toBeCloseTo(expected, 4);
    }
  });

  it('attention is that of the captured pattern', async () => {
    const pattern = await capture('pattern', whole());
    for (const [i, { layer, head }] of heads().entries()) {
      const row = (step: number) => patternRow(pattern, layer, head, rowAt(step));
      const on = (step: number) => row(step).reduce((sum, weight, j) => sum + (j >= from && j < to ? weight : 0), 0);
      const spatial = meanOverSteps((step) => contrast(on(step), 1, step));
      expect(reading.scores['spatial']?.[i]).toBeCloseTo(spatial, 5);
      const strongest = (step: number) => {
        const order = [...row(step).entries()].sort((a, b) => b[1] - a[1]).slice(0, to - from);
        return order.reduce((sum, [j, weight]) => sum + (j >= from && j < to ? weight : 0), 0) / (to - from);
      };
      const reasoning = answerOf().reduce((sum, _, step) => sum + strongest(step), 0);
      expect(reading.scores['reasoning']?.[i]).toBeCloseTo(reasoning, 5);
    }
  });

  it('copies of a generation are the strongest keys of its rows', async () => {
    const run = { ...runOf(), span: [0, 9] as const };
    const made = await generateCopies(model, run, { endIds: [] });
    expect(made.ids).toHaveLength(4);
    const pattern = await capture('pattern', [...run.ids, ...made.ids]);
    const hits = heads().map(({ layer, head }) => {
      const copied = made.ids.filter((token, step) => {
        const row = patternRow(pattern, layer, head, rowAt(step));
        const best = row.indexOf(Math.max(...row));
        return best < 9 && run.ids[best] === token;
      });
      return copied.length / 9;
    });
    expect([...made.legacy]).toEqual(hits);
  });

  it('the question is compared with one that asks nothing', async () => {
    const ids = idsOf();
    const blankIds = [...ids.slice(0, 6), ...randomIds(model, 2, 5)];
    const run = { ...runOf(), sentence: [1, 5] as const, question: [6, 8] as const };
    const values = await readQuestion(model, { ...run, blank: { ids: blankIds, question: [6, 8] } });
    const [asked, blank] = [await capture('pattern', ids), await capture('pattern', blankIds)];
    for (const [i, { layer, head }] of heads().entries()) {
      const mean = (pattern: Activations, key: number) =>
        [6, 7].reduce((sum, row) => sum + (patternRow(pattern, layer, head, row)[key] ?? NaN), 0) / 2;
      // Of four tokens none can lie two deviations below their mean.
      const expected = [1, 2, 3, 4].reduce((sum, key) => sum + mean(asked, key) - mean(blank, key), 0);
      expect(values?.[i]).toBeCloseTo(expected, 5);
    }
  });
});
