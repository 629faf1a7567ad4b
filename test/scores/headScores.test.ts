import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import type { ScorePrompt } from '../../engine/scores/headScore.ts';
import type { HeadScoresEvent, HeadScoresRequest } from '../../engine/scores/headScores.ts';
import { headScores, headScoreTable } from '../../engine/scores/headScores.ts';
import { scoreById, scores } from '../../engine/scores/index.ts';
import { readPattern } from '../../engine/scores/readPattern.ts';
import { repeatedTokens } from '../../engine/scores/repeatedTokens.ts';
import { taskPrompt } from '../../engine/scores/taskPrompt.ts';
import { induction } from '../../engine/tasks/induction.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { openGolden } from '../run/models.ts';

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
    for (const { id } of scores) {
      expect(named(id)).toHaveLength(8);
      for (const [head, value] of named(id)) {
        if (head === where[id]) expect(value, `${id} of ${head}`).toBeGreaterThan(least);
        else expect(value, `${id} of ${head}`).toBeLessThan(0.25);
      }
    }
    expect(table['induction']?.[1]?.[1]).toBeCloseTo(bosId === null ? 19.5 / 20 : 1, 4);
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
    expect(start?.left.map(({ id }) => id)).toEqual(['duplicateToken', 'induction', 'copy', 'copyMass']);
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

  it('stops between layers', async () => {
    const controller = new AbortController();
    const run = async () => {
      const request = { prompts: drawn(model, 4, 10, 1), seed: 0, signal: controller.signal };
      for await (const event of headScores(model, request)) if (event.kind === 'progress') controller.abort();
    };
    await expect(run()).rejects.toThrow(/aborted/);
  });
});

describe.each(['llama-gqa', 'gpt2-tied', 'mistral-window', 'bloom-alibi'])('%s', (folder) => {
  let model: Model;
  beforeAll(async () => {
    model = await openGolden(folder);
  });
  afterAll(() => model.dispose());

  it('has the scores of its captured patterns', async () => {
    const prompts = drawn(model, 3, 5, 0);
    const { lengths, ...activations } = await captured(model, prompts);
    const table = await headScoreTable(model, { prompts, seed: 0 });
    for (const { id, select, reading } of scores) {
      const found = table[id] ?? [];
      found.forEach((heads, layer) =>
        heads.forEach((value, head) => {
          const pattern = activations.pattern(layer);
          const rows = prompts.map((prompt, row) => {
            const readings = select(prompt);
            const length = lengths[row] ?? 0;
            return readPattern({ pattern, from: 0, row, head, length }, readings, reading) / readings.length;
          });
          expect(value).toBeCloseTo(rows.reduce((a, b) => a + b, 0) / rows.length, 5);
        }),
      );
      expect(found).toHaveLength(model.family.shape.layers);
    }
  });

  it('gives a row alone what it has in a batch', async () => {
    const prompts = [...drawn(model, 1, 6, 1), ...drawn(model, 1, 3, 2), ...drawn(model, 1, 4, 3)];
    const together = await headScoreTable(model, { prompts, seed: 0 });
    const alone = await Promise.all(prompts.map((prompt) => headScoreTable(model, { prompts: [prompt], seed: 0 })));
    for (const { id } of scores) {
      (together[id] ?? []).forEach((heads, layer) =>
        heads.forEach((value, head) => {
          const mean = alone.reduce((sum, table) => sum + (table[id]?.[layer]?.[head] ?? NaN), 0) / prompts.length;
          expect(value, `${id} L${layer}H${head}`).toBeCloseTo(mean, 5);
        }),
      );
    }
  });

  it('gives the same numbers again', async () => {
    const prompts = drawn(model, 3, 4, 1);
    expect(await collect(model, { prompts, seed: 3 })).toEqual(await collect(model, { prompts, seed: 3 }));
  });

  async function captured(of: Model, prompts: readonly ScorePrompt[]) {
    const run = await of.forward({
      ids: prompts.map(({ ids }) => ids),
      capture: [{ site: 'pattern' }],
      logits: 'none',
    });
    return { lengths: run.lengths, pattern: (layer: number) => run.get('pattern', layer) };
  }
});
