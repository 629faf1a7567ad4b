import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { HeadScore, ScorePrompt } from '../../engine/scores/headScore.ts';
import type { HeadScoresEvent, HeadScoresRequest } from '../../engine/scores/headScores.ts';
import { headScores, headScoreTable } from '../../engine/scores/headScores.ts';
import { scoreById, scores } from '../../engine/scores/index.ts';
import { reordered } from '../../engine/scores/reordered.ts';
import { repeatedTokens } from '../../engine/scores/repeatedTokens.ts';
import { taskPrompt } from '../../engine/scores/taskPrompt.ts';
import { induction } from '../../engine/tasks/induction.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { joinAxis, sliceAxis } from '../../engine/tensor/positions.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { openGolden } from '../run/models.ts';
import { readPlanted } from './plantedReading.ts';

async function collect(model: Model, request: HeadScoresRequest): Promise<HeadScoresEvent[]> {
  const events: HeadScoresEvent[] = [];
  for await (const event of headScores(model, request)) events.push(event);
  return events;
}

function drawn(model: Model, n: number, length: number, seed: number, bosId: number | null = null): ScorePrompt[] {
  const { vocabulary, context } = model.family.shape;
  return [
    ...repeatedTokens({ n, length, random: seededRandom(seed), tokenizer: null, vocabulary, context, bosId }).prompts,
  ];
}

describe('planted-induction', () => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel('fixtures/models/planted-induction');
  });
  afterAll(() => model.dispose());

  // Without BOS the first token has only itself before it, so its second occurrence finds two keys: (19 + 1/2) / 20.
  it.each([
    [0, 0.999],
    [null, 0.97],
  ])('has one previous-token head and one induction head, BOS %s', async (bosId, least) => {
    const prompts = drawn(model, 8, 20, 0, bosId);
    const table = await headScoreTable(model, { prompts, seed: 0 });
    const named = (id: string) =>
      (table[id] ?? []).flatMap((heads, layer) => heads.map((value, head) => [`L${layer}H${head}`, value] as const));
    const where: Readonly<Record<string, string>> = {
      previousToken: 'L0H2',
      induction: 'L1H1',
      copy: 'L1H1',
      copyMass: 'L1H1',
    };
    for (const [id, best] of Object.entries(where)) {
      expect(named(id)).toHaveLength(8);
      for (const [head, value] of named(id)) {
        if (head === best) expect(value, `${id} of ${head}`).toBeGreaterThan(least);
        else expect(value, `${id} of ${head}`).toBeLessThan(0.25);
      }
    }
    expect(Object.keys(table)).toEqual(scores.map(({ id }) => id));
    // Where the head before looks is a matter of position, where the induction head looks is one of tokens.
    expect(table['positionalShare']?.[0]?.[2]).toBeCloseTo(1, 3);
    expect(table['positionalShare']?.[1]?.[1]).toBeLessThan(0.5);
    expect(table['induction']?.[1]?.[1]).toBeCloseTo(bosId === null ? 19.5 / 20 : 1, 4);
    // A head that looks at the token before looks 1 token away, at one key only.
    expect(table['meanDistance']?.[0]?.[2]).toBeCloseTo(1, 2);
    expect(table['attentionEntropy']?.[0]?.[2]).toBeLessThan(0.01);
  });

  it('says what it read, level and all, and that the model copies', async () => {
    const prompts = drawn(model, 4, 10, 1, 0);
    const events = await collect(model, { prompts, seed: 0, scores: [scoreById('induction'), scoreById('copy')] });
    const [start] = events.filter((event) => event.kind === 'start');
    const share = (queries: readonly number[]) =>
      queries.reduce((sum, query) => sum + 1 / (query + 1), 0) / queries.length;
    const second = Array.from({ length: 10 }, (_, i) => 11 + i);
    expect(start?.left).toEqual([]);
    expect(start?.scores.map(({ score, ...rest }) => [score.id, rest.prompts, rest.queries])).toEqual([
      ['induction', 4, 40],
      ['copy', 4, 36],
    ]);
    expect(start?.scores[0]?.uniform).toBeCloseTo(share(second), 12);
    expect(start?.scores[1]?.uniform).toBeCloseTo(share(second.slice(0, -1)), 12);
    const [copying] = events.filter((event) => event.kind === 'copying');
    expect(copying?.predicted.mean).toBe(1);
    expect(copying?.logProbability.mean).toBeGreaterThan(-1e-3);
    expect(events.at(-1)?.kind).toBe('copying');
    expect(events.filter(({ kind }) => kind === 'progress').at(-1)).toEqual({ kind: 'progress', done: 2, total: 2 });
  });

  it("reads a task's prompts at their answers", async () => {
    const { vocabulary } = model.family.shape;
    const task = induction.generate({ n: 4, random: seededRandom(0), tokenizer: null, vocabulary });
    const prompts = task.prompts.map((prompt) => taskPrompt(prompt, null));
    const events = await collect(model, { prompts, seed: 0, scores: [scoreById('copy')] });
    const value = (layer: number, head: number) =>
      events.find((event) => event.kind === 'head' && event.layer === layer && event.head === head);
    expect(value(1, 1)).toMatchObject({ values: { copy: { mean: 1, n: 4 } } });
    expect(value(0, 2)).toMatchObject({ values: { copy: { mean: 0 } } });
  });

  it('leaves out what the prompts have no query for, unless it was asked for', async () => {
    const prompts = [{ ids: [5, 6, 7], bosId: null, copies: null }];
    const [start] = (await collect(model, { prompts, seed: 0 })).filter((event) => event.kind === 'start');
    expect(start?.left.map(({ id }) => id)).toEqual([
      ...['duplicateToken', 'induction', 'copy', 'copyMass'],
      ...['hiddenSinks', 'hiddenSinkMass', 'sinkMass', 'localMass', 'blockSparsity', 'positionalShare'],
    ]);
    const asked = collect(model, { prompts, seed: 0, scores: [scoreById('induction')] });
    await expect(asked).rejects.toThrow(/^score induction: no query counts: expected queries whose token occurred/);
    await expect(collect(model, { prompts: [], seed: 0 })).rejects.toThrow(/no prompts/);
    await expect(collect(model, { prompts: [{ ids: [5], bosId: null, copies: null }], seed: 0 })).rejects.toThrow(
      /no query counts/,
    );
  });

  it('counts only prompts with a query', async () => {
    const prompts = [...drawn(model, 2, 6, 2), { ids: [5, 6, 7], bosId: null, copies: null }];
    const events = await collect(model, { prompts, seed: 0 });
    const head = events.find((event) => event.kind === 'head');
    expect(head?.values['induction']?.n).toBe(2);
    expect(head?.values['previousToken']?.n).toBe(3);
  });

  it('reads more prompts than fit into one batch, each as before', async () => {
    const prompts = drawn(model, 80, 30, 4);
    const halves = [prompts.slice(0, 30), prompts.slice(30)];
    const [whole, ...parts] = await Promise.all(
      [prompts, ...halves].map((some) => headScoreTable(model, { prompts: some, seed: 0 })),
    );
    const tables = parts.map((table) => Object.values(table).flat(2));
    const expected = tables[0]?.map((value, i) => (30 * value + 50 * (tables[1]?.[i] ?? NaN)) / 80) ?? [];
    expect(expected).toHaveLength(8 * scores.length);
    Object.values(whole ?? {})
      .flat(2)
      .forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  });

  it('reads what heads write only where a score asks for it, and says that it has no level', async () => {
    const prompts = drawn(model, 2, 6, 0);
    const events = await collect(model, { prompts, seed: 0, scores: [scoreById('writeNorm')] });
    const [start] = events.filter((event) => event.kind === 'start');
    expect(start?.scores).toEqual([{ score: scoreById('writeNorm'), prompts: 2, queries: 22, uniform: null }]);
    const without = await headScoreTable(model, { prompts, seed: 0, scores: [scoreById('meanDistance')] });
    expect(Object.keys(without)).toEqual(['meanDistance']);
  });

  it('gives the heads of a layer when it is through', async () => {
    const kinds = (await collect(model, { prompts: drawn(model, 2, 6, 0), seed: 0 })).map(({ kind }) => kind);
    const layer = [...Array.from({ length: 4 }, () => 'head'), 'progress'];
    // First the prompts as they are, then beside their tokens in another order, which gives the last score.
    expect(kinds).toEqual(['start', 'progress', 'progress', ...layer, ...layer, 'copying']);
  });

  it('stops between layers', async () => {
    const controller = new AbortController();
    const run = async () => {
      const request = { prompts: drawn(model, 4, 10, 1), seed: 0, signal: controller.signal };
      for await (const event of headScores(model, request)) if (event.kind === 'progress') controller.abort();
    };
    await expect(run()).rejects.toThrow(/aborted/);
  });
});

/** What one layer holds, captured whole. */
interface Captured {
  readonly pattern: Tensor;
  /** Of the prompts with their tokens in another order. */
  readonly reordered: Tensor;
  readonly write: Tensor;
  readonly residPre: Tensor;
}

async function capturedLayers(model: Model, prompts: readonly ScorePrompt[]): Promise<readonly Captured[]> {
  const capture = [{ site: 'pattern' }, { site: 'headWrite' }, { site: 'residPre' }] as const;
  const run = await model.forward({ ids: prompts.map(({ ids }) => ids), capture, logits: 'none' });
  const other = await model.forward({ ids: prompts.map((prompt) => reordered(prompt, 0)), capture, logits: 'none' });
  return Array.from({ length: model.family.shape.layers }, (_, layer) => ({
    pattern: run.get('pattern', layer),
    reordered: other.get('pattern', layer),
    write: run.get('headWrite', layer),
    residPre: run.get('residPre', layer),
  }));
}

/** By head, mean over prompts of the score on captured values, the slow and obvious way. */
function expectedOf(score: HeadScore, prompts: readonly ScorePrompt[], captured: Captured, causal: boolean): number[] {
  const values = prompts.flatMap((prompt, row) => {
    const { length } = prompt.ids;
    const own = (x: Tensor) => sliceAxis(sliceAxis(sliceAxis(x, 'B', row, row + 1), 'P', 0, length), 'K', 0, length);
    if (score.reading === 'write') return [writesOf(score.id, length, row, captured)];
    const pattern =
      score.reading === 'overlap'
        ? joinAxis([captured.pattern, captured.reordered].map(own), 'B')
        : own(captured.pattern);
    return [readPlanted(score, prompt, { pattern }, { causal }) ?? []];
  });
  return (values[0] ?? []).map((_, head) => values.reduce((sum, own) => sum + (own[head] ?? NaN), 0) / values.length);
}

function writesOf(id: string, length: number, row: number, { write, residPre }: Captured): number[] {
  const [slots, heads] = [axisSize(write, 'P'), axisSize(write, 'N')];
  return Array.from({ length: heads }, (_, head) => {
    const each = Array.from({ length: length - 1 }, (__, i) => {
      const at = row * slots + i + 1;
      const [written, stream] = [normAt(write, at * heads + head), normAt(residPre, at)];
      if (id === 'writeCosine') return dotAt(write, at * heads + head, residPre, at) / written / stream;
      return id === 'writeNorm' ? written : written / stream;
    });
    return each.reduce((a, b) => a + b, 0) / each.length;
  });
}

function normAt({ data, axes }: Tensor, vector: number): number {
  const width = axes.at(-1)?.size ?? 0;
  return Math.hypot(...data.subarray(vector * width, (vector + 1) * width));
}

function dotAt(a: Tensor, i: number, b: Tensor, j: number): number {
  const width = a.axes.at(-1)?.size ?? 0;
  return a.data
    .subarray(i * width, (i + 1) * width)
    .reduce((sum, value, d) => sum + value * (b.data[j * width + d] ?? NaN), 0);
}

describe('tiny-heads', () => {
  it('has the write norms of its captured writes, to 1e-5 of their size', async () => {
    const model = await openModel('fixtures/models/tiny-heads');
    try {
      const prompts = [...drawn(model, 2, 12, 0), ...drawn(model, 1, 7, 1)];
      const table = await headScoreTable(model, { prompts, seed: 0 });
      const layers = await capturedLayers(model, prompts);
      for (const [layer, captured] of layers.entries()) {
        for (const score of [scoreById('writeNorm'), scoreById('relativeWriteNorm'), scoreById('writeCosine')]) {
          expectedOf(score, prompts, captured, true).forEach((expected, head) => {
            const found = table[score.id]?.[layer]?.[head] ?? NaN;
            const size = score.id === 'writeCosine' ? 1 : expected;
            expect(Math.abs(found - expected) / size, `${score.id} L${layer}H${head}`).toBeLessThan(1e-5);
          });
        }
      }
    } finally {
      await model.dispose();
    }
  });
});

describe('copying', () => {
  it('is a mean over all copies of a prompt, more than are predicted at a time', async () => {
    const model = await openModel('fixtures/models/tiny-heads');
    try {
      const [prompt] = drawn(model, 1, 80, 0);
      const ids = prompt?.ids ?? [];
      const events = await collect(model, { prompts: drawn(model, 1, 80, 0), seed: 0, scores: [scoreById('copy')] });
      const { logits } = await model.forward({ ids: [ids] });
      const { vocabulary } = model.family.shape;
      const likelihoods = Array.from({ length: 79 }, (_, i) => {
        const row = logits?.data.subarray((80 + i) * vocabulary, (81 + i) * vocabulary) ?? new Float32Array();
        const largest = Math.max(...row);
        const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
        return (row[ids[81 + i] ?? 0] ?? NaN) - largest - Math.log(total);
      });
      const [copying] = events.filter((event) => event.kind === 'copying');
      expect(copying?.logProbability.mean).toBeCloseTo(likelihoods.reduce((a, b) => a + b, 0) / 79, 4);
      expect(copying?.predicted.n).toBe(1);
    } finally {
      await model.dispose();
    }
  });
});

describe.each(['llama-gqa', 'gpt2-tied', 'mistral-window', 'bloom-alibi', 'gemma2-caps'])('%s', (folder) => {
  let model: Model;
  beforeAll(async () => {
    model = await openGolden(folder);
  });
  afterAll(() => model.dispose());

  it('has the scores of its captured patterns and writes', async () => {
    const prompts = drawn(model, 3, 5, 0);
    const layers = await capturedLayers(model, prompts);
    const table = await headScoreTable(model, { prompts, seed: 0 });
    for (const score of scores) {
      const found = table[score.id] ?? [];
      found.forEach((heads, layer) => {
        const expected = expectedOf(score, prompts, layers[layer] as Captured, model.family.causal);
        heads.forEach((value, head) =>
          expect(value, `${score.id} L${layer}H${head}`).toBeCloseTo(expected[head] ?? NaN, 5),
        );
      });
    }
    expect(Object.keys(table)).toEqual(
      scores.filter((score) => score.select(prompts[0] as ScorePrompt).length > 0).map(({ id }) => id),
    );
    expect(Object.values(table).every((heads) => heads.length === model.family.shape.layers)).toBe(true);
  });

  it('gives a row alone what it has in a batch', async () => {
    const prompts = [...drawn(model, 1, 6, 1), ...drawn(model, 1, 3, 2), ...drawn(model, 1, 4, 3)];
    const together = await headScoreTable(model, { prompts, seed: 0 });
    const alone = await Promise.all(prompts.map((prompt) => headScoreTable(model, { prompts: [prompt], seed: 0 })));
    for (const { id } of scores) {
      (together[id] ?? []).forEach((heads, layer) =>
        heads.forEach((value, head) => {
          const own = alone.flatMap((table) => table[id]?.[layer]?.[head] ?? []);
          const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
          expect(value, `${id} L${layer}H${head}`).toBeCloseTo(mean, 5);
        }),
      );
    }
  });

  it('gives the same numbers again', async () => {
    const prompts = drawn(model, 3, 4, 1);
    expect(await collect(model, { prompts, seed: 3 })).toEqual(await collect(model, { prompts, seed: 3 }));
  });
});
