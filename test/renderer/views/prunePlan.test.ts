/** In which order units go, which stay, and what is asked of the engine. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { contract } from '../../../engine/results/contract.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { documentsOf } from '../../../renderer/views/prune/calibrationFiles.ts';
import { importanceRequest } from '../../../renderer/views/prune/criteriaRequest.ts';
import { curvePoints, planOrder } from '../../../renderer/views/prune/planOrder.ts';
import { firstPruneSettings, measuredCosts, textsOf } from '../../../renderer/views/prune/pruneSettings.ts';
import { headsOf, unitName } from '../../../renderer/views/prune/pruneUnits.ts';
import { budgetOf, planMeasurements, stepsWithin, unitSizes } from '../../../renderer/views/prune/planBudget.ts';
import { planFileRequest, planRequest } from '../../../renderer/views/prune/planRequests.ts';
import type { Prepared, SceneSources } from '../../../renderer/views/prune/scene.ts';
import { preparedScene, sceneOf } from '../../../renderer/views/prune/scene.ts';
import type { ImportanceView } from '../../../renderer/api/importanceFold.ts';
import { staysOf } from '../../../renderer/views/prune/stays.ts';
import { zeroedHeads } from '../../../renderer/views/prune/zeroedHeads.ts';

const shape = {
  ...{ layers: 2, heads: 4, kvHeads: 2, headWidth: 8, width: 32, mlpWidth: 64 },
  ...{ vocabulary: 10, outputVocabulary: 10, context: 64 },
};
const model = { choice: { model: '/m' }, shape };
const none: ReadonlySet<number> = new Set();

describe('the order of removal', () => {
  const common = { shape, unit: 'kv-group', stays: none, minPerLayer: 0 } as const;
  const names = (request: Partial<Parameters<typeof planOrder>[0]> = {}) =>
    planOrder({ ...common, values: [3, -1, 2, 2], ...request }).map((place) => unitName('kv-group', place));

  it('begins with the least worth keeping; ties in the order of the model', () => {
    expect(names()).toEqual(['L0G1', 'L1G0', 'L1G1', 'L0G0']);
  });

  it('leaves each layer its minimum, and what stays', () => {
    expect(names({ minPerLayer: 1 })).toEqual(['L0G1', 'L1G0']);
    expect(names({ stays: new Set([1, 2]) })).toEqual(['L1G1', 'L0G0']);
    expect(names({ minPerLayer: 2 })).toEqual([]);
  });

  it('is none while a value is unknown', () => {
    expect(names({ values: [3, NaN, 2, 2] })).toEqual([]);
  });

  it('is measured at rising counts that end with all', () => {
    expect(curvePoints(5)).toEqual([1, 2, 3, 4, 5]);
    const points = curvePoints(60);
    expect(points).toHaveLength(12);
    expect(points.at(-1)).toBe(60);
    expect(new Set(points).size).toBe(12);
    expect(curvePoints(0)).toEqual([]);
  });
});

describe('what stays', () => {
  it('is a unit for any of its heads, with the reason', () => {
    const scores = (at: number, value: number) => new Float32Array(8).map((_, i) => (i === at ? value : 0));
    const stays = staysOf({
      ...{ shape, unit: 'kv-group', set: [{ layer: 1, head: 3 }] },
      ...{ retrieval: scores(1, 0.125), induction: scores(5, 0.5) },
    });
    expect([...stays]).toEqual([
      [0, 'retrieval score of 0.1 or more'],
      [2, 'induction score above 0.4'],
      [3, 'in the set'],
    ]);
    expect(staysOf({ shape, unit: 'head', set: [], retrieval: null, induction: scores(5, 0.39) }).size).toBe(0);
  });
});

function made(prepared: Prepared | string): Prepared {
  if (typeof prepared === 'string') throw new Error(prepared);
  return prepared;
}

describe('budgets', () => {
  const budget = (kind: 'heads' | 'parameters' | 'kvBytes', atMost: number) => ({ kind, atMost });

  it('are a quarter of the groups where none is set, in each unit of measure', () => {
    const amounts = { heads: null, parameters: null, kvBytes: null, loss: 0.1 };
    const at = (kind: 'heads' | 'parameters' | 'kvBytes' | 'loss') => budgetOf({ budget: kind, amounts }, shape).atMost;
    // One of four groups: two heads, W_Q and W_O of two heads and W_K and W_V, 8 keys and 8 values.
    expect([at('heads'), at('parameters'), at('kvBytes'), at('loss')]).toEqual([2, 6 * 8 * 32, 2 * 8 * 4, 0.1]);
    expect(budgetOf({ budget: 'heads', amounts: { ...amounts, heads: 5 } }, shape).atMost).toBe(5);
  });

  it('say how many units fit', () => {
    expect(stepsWithin(budget('heads', 5), shape, 'kv-group', 4)).toBe(2);
    expect(stepsWithin(budget('heads', 5), shape, 'head', 4)).toBe(4);
    expect(stepsWithin(budget('kvBytes', 64), shape, 'kv-group', 4)).toBe(1);
    // Whether a head frees a cache depends on its neighbours: all may go.
    expect(stepsWithin(budget('kvBytes', 64), shape, 'head', 6)).toBe(6);
    expect(unitSizes(shape, 'head').parameters).toBe(2 * 8 * 32);
  });

  it('say how much is measured at most', () => {
    const basis = { protect: { pinned: [], retrieval: [], induction: [] }, minPerLayer: 0, rescore: null };
    const effort = { shape, unit: 'head', budget: budget('heads', 4), candidates: 8, draws: 10, basis } as const;
    // 8 costs, 4 steps and the one that no longer fits, the plan, 10 random ones.
    expect(planMeasurements(effort)).toBe(8 + 5 + 1 + 10);
    const anew = { ...effort, basis: { ...basis, rescore: { every: 2, share: 0.2 } } };
    // After 2 of 8 the cheapest 2 of 6, after 4 the cheapest of 4, each beside what is gone.
    expect(planMeasurements(anew)).toBe(8 + 5 + 1 + 10 + (1 + 2) + (1 + 1));
  });
});

describe('requests', () => {
  it('ask for criteria that the unit has, on text no longer than the context', () => {
    const request = importanceRequest(
      { ...firstPruneSettings, unit: 'mlp', criteria: ['zero', 'flap', 'shapley'] },
      model,
    );
    expect(request?.criteria).toEqual(['zero', 'shapley']);
    expect(request?.texts.length).toBe(64);
    expect(contract.importance.request.safeParse(request).error).toBeUndefined();
    expect(importanceRequest({ ...firstPruneSettings, unit: 'layer', criteria: ['flap'] }, model)).toBeNull();
  });

  const column = (values: readonly number[]) => {
    const nothing = new Float32Array(values.length).fill(NaN);
    const known = values.filter((value) => !Number.isNaN(value)).length;
    return { id: 'zero', values: Float32Array.from(values), low: nothing, high: nothing, known };
  };
  const viewOf = (unit: string, values: readonly number[]) =>
    ({
      header: { unit, shape, criteria: [{ id: 'zero', family: 'causal' }] },
      ...{ columns: [column(values)], orders: 0 },
    }) as unknown as ImportanceView;
  const unprotected = { set: [], retrieval: null, induction: null };
  const prepared = (view: ImportanceView | null, protects: SceneSources['protects'] = unprotected, settings = {}) =>
    preparedScene({
      ...{ settings: { ...firstPruneSettings, ...settings }, model, view, protects },
      prompts: { kind: 'task', task: 'ioi', n: 8, seed: 0 },
    });

  it('of a curve are what the contract takes, and are known again by it', () => {
    const { scene, basis } = made(prepared(viewOf('kv-group', [3, 1, 2, 4])));
    if (scene === null) throw new Error('no order');
    const request = { ...scene, basis, points: [1, 2], draws: 10, glance: true };
    expect(contract.pruneCurve.request.safeParse(request).error).toBeUndefined();
    expect(sceneOf(request)).toEqual(scene);
    expect(scene.order).toEqual([
      { layer: 0, index: 1 },
      { layer: 1, index: 0 },
    ]);
  });

  it('of a plan have the costs, what stays, and the budget', () => {
    const protects = { set: [{ layer: 0, head: 3 }], retrieval: new Float32Array(8).fill(0.5, 4), induction: null };
    const all = made(prepared(viewOf('kv-group', [3, 1, 2, 4]), { ...protects, retrieval: null }));
    const budget = budgetOf(firstPruneSettings, shape);
    const request = planRequest(all, budget, 10);
    expect(contract.prunePlan.request.safeParse(request).error).toBeUndefined();
    expect(request).toMatchObject({
      budget: { kind: 'heads', atMost: 2 },
      costs: { name: 'importance.zero', family: 'causal' },
      protect: { pinned: [{ layer: 0, index: 1 }], retrieval: [] },
      rescore: { every: 5, share: 0.2 },
    });
    expect(request.costs?.values).toContainEqual({ layer: 1, index: 1, value: 4 });
    // All groups of layer 1 retrieve, one of layer 0 is in the set, and each layer keeps one.
    expect(made(prepared(viewOf('kv-group', [3, 1, 2, 4]), protects)).candidates).toBe(1);
  });

  it('of a plan whose costs are measured name no costs, and need no criteria', () => {
    const all = made(prepared(null, unprotected, { criterion: measuredCosts, unit: 'head', rescoreEvery: 0 }));
    expect(all.scene).toBeNull();
    const request = planRequest(all, { kind: 'loss', atMost: 0.1 }, 10);
    expect(contract.prunePlan.request.safeParse(request).error).toBeUndefined();
    expect([request.unit, request.costs, request.rescore]).toEqual(['head', undefined, null]);
  });

  it('for the file of a plan take the first units of the order as they are', () => {
    const { scene, basis } = made(prepared(viewOf('kv-group', [3, 1, 2, 4])));
    if (scene === null) throw new Error('no order');
    const request = planFileRequest(scene, basis, { heads: 2, draws: 10 });
    expect(contract.prunePlan.request.safeParse(request).error).toBeUndefined();
    expect([request.order, request.budget]).toEqual([scene.order, { kind: 'heads', atMost: 2 }]);
  });

  it('say what is in the way', () => {
    expect(prepared(null)).toContain('Measure criteria');
    expect(prepared(viewOf('mlp', [1, 2]))).toContain('heads and KV groups');
    expect(prepared(viewOf('kv-group', [1, NaN, 2, 3]))).toContain('not known');
    const all = { ...unprotected, retrieval: new Float32Array(8).fill(1) };
    expect(prepared(viewOf('kv-group', [1, 2, 3, 4]), all)).toContain('Nothing may go');
  });

  it('zero every head that is gone, layer by layer', () => {
    const heads = [...headsOf(shape, 'kv-group', { layer: 1, index: 1 }), { layer: 0, head: 0 }];
    const edits = zeroedHeads(heads);
    expect(edits.map(({ layers, heads: list }) => [layers, list])).toEqual([
      [[1], [2, 3]],
      [[0], [0]],
    ]);
    expect(
      contract.generate.request.safeParse({
        model: '/m',
        prompt: { text: 'a' },
        edits,
        max: 1,
        temperature: 0,
        seed: 0,
      }).error,
    ).toBeUndefined();
  });
});

describe('files of text', () => {
  const file = (name: string, text: string) => {
    const bytes = () => Promise.resolve(Uint8Array.from(new TextEncoder().encode(text)).buffer);
    return { name, text: () => Promise.resolve(text), bytes };
  };
  const table = (name: string, column: string, data: readonly string[]) => {
    const written = parquetWriteBuffer({ columnData: [{ name: column, type: 'STRING', data: [...data] }] });
    return { ...file(name, ''), bytes: () => Promise.resolve(written) };
  };

  it('are documents: a .txt one, each line of a .jsonl another', async () => {
    const source = await documentsOf([file('a.txt', 'one'), file('b.jsonl', '{"text":"two"}\n\n"three"\n')]);
    expect(source.name).toBe('a.txt, b.jsonl');
    expect(source.documents).toEqual([
      { name: 'a.txt', text: 'one' },
      { name: 'b.jsonl, line 1', text: 'two' },
      { name: 'b.jsonl, line 3', text: 'three' },
    ]);
  });

  it('are the rows of a Parquet file, and no more of them than the windows need', async () => {
    const documents = await documentsOf([table('t.parquet', 'text', ['one', 'two '.repeat(20), 'three'])]);
    expect(documents.documents.map(({ name }) => name)).toEqual([1, 2, 3].map((row) => `t.parquet, row ${row}`));
    // Two tokens of 16 characters at most.
    const { source } = textsOf({ documents, windows: 1, length: 2 }, 64);
    expect(source.kind === 'documents' && source.documents.map(({ text }) => text.length)).toEqual([3, 80]);
    const other = documentsOf([table('t.parquet', 'words', ['one'])]);
    await expect(other).rejects.toThrow('t.parquet: no column of text: expected text, got words');
  });

  it.each([
    ['c.parquet', 'x', 'not a Parquet file'],
    ['c.pdf', 'x', '.parquet'],
    ['c.jsonl', '{"words":1}', 'line 1'],
    ['c.txt', '  ', 'no text'],
  ])('%s is refused: %s', async (name, text, words) => {
    await expect(documentsOf([file(name, text)])).rejects.toThrow(Fault);
    await expect(documentsOf([file(name, text)])).rejects.toThrow(words);
  });
});
