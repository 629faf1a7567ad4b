/** Methods that draw: a run a seed, their mean, fewer prompts, shuffled labels; and what a scene computes once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchRequest } from '../../engine/circuits/bench.ts';
import { circuitBench } from '../../engine/circuits/bench.ts';
import { KnownRows } from '../../engine/circuits/knownRows.ts';
import type { CircuitMethod } from '../../engine/circuits/method.ts';
import { Scene } from '../../engine/circuits/scene.ts';
import type { CircuitRanking, CircuitRow } from '../../engine/results/circuitBench.ts';
import { circuitRow } from '../../engine/results/circuitBench.ts';
import { validate } from '../../engine/results/validate.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { taskTokenizer } from '../../engine/service/calls/prompts.ts';
import { taskById } from '../../engine/tasks/index.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { Fault } from '../../engine/terms/fault.ts';

let model: Model;
let prompts: readonly Prompt[];
beforeAll(async () => {
  model = await openModel('fixtures/models/planted-ioi');
  const { vocabulary } = model.family.shape;
  const request = { n: 8, random: seededRandom(0), tokenizer: taskTokenizer(model), vocabulary };
  ({ prompts } = taskById('ioi').generate(request));
});
afterAll(async () => model?.dispose());

function sceneOf(own: readonly Prompt[] = prompts): Scene {
  const { signal } = new AbortController();
  return new Scene(model, { prompts: own, metric: 'logitDifference', nodeSet: 'heads', seed: 0, signal });
}

interface Ranked {
  readonly seed: number;
  readonly permutations: number;
  readonly positive: number;
  readonly first: number;
}

/** Scores drawn from the seed; it notes what it was given. */
function drawing(seen: Ranked[]): CircuitMethod {
  return {
    ...{ id: 'drawing', title: 'Drawing', about: 'draws', source: 'none', role: 'method', level: 'nodes' },
    ...{ nodes: ['heads'], needs: ['negative'], seeded: true, settings: {} },
    async rank(scene, _, { seed, permutations }) {
      const writes = await scene.headWrites();
      const first = writes.positive[writes.width] ?? NaN;
      seen.push({ seed, permutations, positive: writes.prompts.positive, first });
      const random = seededRandom(seed);
      const scores = scene.nodes.map((_node, i) => (i === 0 ? null : random.below(100)));
      const z = permutations === 0 ? null : scene.nodes.map(() => seed);
      return { scores, signed: null, z, forwardPasses: 2 * writes.prompts.positive, backwardPasses: 0 };
    },
  };
}

async function rowsOf(seen: Ranked[], more: Partial<BenchRequest> = {}): Promise<CircuitRow[]> {
  const scene = sceneOf();
  const rows: CircuitRow[] = [];
  const bench: BenchRequest = {
    ...{ scene, methods: [{ label: 'drawing', method: drawing(seen), settings: {} }], removals: scene.counterfactual },
    references: [{ id: 'planted', title: 'planted', items: [['L0H1'], ['L1H2']], ignored: [], note: null }],
    ...{ budgets: [0.5, 1], seeds: 4, seed: 10, random: 0, studied: 0, permutations: 7, sizes: [3, 5] },
    ...{ known: new KnownRows([]), onProgress: () => undefined },
    ...more,
  };
  for await (const row of circuitBench(bench)) rows.push(validate(circuitRow, row, 'row') as CircuitRow);
  return rows;
}

describe('a method that draws', () => {
  it('runs once a seed; circuits are cut from the mean of its ranks', async () => {
    const seen: Ranked[] = [];
    const rows = await rowsOf(seen);
    expect(seen.slice(0, 4).map(({ seed, permutations }) => [seed, permutations])).toEqual([
      [10, 7],
      [11, 7],
      [12, 7],
      [13, 7],
    ]);
    const rankings = rows.filter((row): row is CircuitRanking => row.of === 'ranking');
    expect(rankings.map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 'mean']);
    const mean = rankings.at(-1);
    // Without a score in any run; ranks are 2 to 16 then, and so is their mean.
    expect(mean?.scores[0]).toBeNull();
    const known = (mean?.scores ?? []).filter((score) => score !== null);
    expect(known.reduce((sum, score) => sum + score, 0) / 15).toBeCloseTo(9, 10);
    expect(mean?.z?.[3]).toBe(11.5);
    expect(rows.filter(({ of }) => of === 'judged')).toHaveLength(5);
    expect(rows.filter(({ of }) => of === 'faithful')).toHaveLength(2);
  });

  it('ranks again with the first prompts, cut from what is known of all', async () => {
    const seen: Ranked[] = [];
    const rows = await rowsOf(seen);
    const sampled = rows.flatMap((row) => (row.of === 'sampled' ? [[row.prompts, row.seed]] : []));
    expect(sampled).toEqual([3, 5].flatMap((size) => [0, 1, 2].map((seed) => [size, seed])));
    const fewer = seen.slice(4);
    expect(fewer.map(({ positive, permutations }) => [positive, permutations])).toEqual([
      ...[3, 3, 3, 5, 5, 5].map((size) => [size, 0]),
    ]);
    expect(new Set(seen.map(({ first }) => first)).size).toBe(1);
  });

  it('has no place on the curve where the prompts are too few for its settings, and its rows say why', async () => {
    const picky: CircuitMethod = {
      ...drawing([]),
      rank: (scene, settings, options) => {
        if (scene.prompts.length < 4) throw new Fault({ what: 'too few prompts' });
        return drawing([]).rank(scene, settings, options);
      },
    };
    const rows = await rowsOf([], { methods: [{ label: 'picky', method: picky, settings: {} }] });
    const sampled = rows.flatMap((row) => (row.of === 'sampled' ? [[row.prompts, row.seed]] : []));
    expect(sampled).toEqual([0, 1, 2].map((seed) => [5, seed]));
    expect(rows.at(-1)?.of).toBe('sampled');
    const missing = rows.filter((row) => row.of === 'unsampled');
    expect(missing.map(({ prompts, seed, reason }) => [prompts, seed, reason])).toEqual(
      [0, 1, 2].map((seed) => [3, seed, 'too few prompts']),
    );
  });

  it('is not run again where its rows are known', async () => {
    const whole = await rowsOf([]);
    const seen: Ranked[] = [];
    const rest = await rowsOf(seen, { known: new KnownRows(whole.filter(({ of }) => of !== 'area')) });
    expect(seen).toEqual([]);
    expect(rest).toEqual(whole.filter(({ of }) => of === 'area'));
  });

  it('is stopped where it gives what is no score', async () => {
    const broken: CircuitMethod = {
      ...drawing([]),
      rank: () => Promise.resolve({ scores: [NaN], signed: null, z: null, forwardPasses: 0, backwardPasses: 0 }),
    };
    const methods = [{ label: 'broken', method: broken, settings: {} }];
    await expect(rowsOf([], { methods })).rejects.toThrow(
      /broken: scores of nodes that cannot be ranked: expected 16 numbers, got NaN/,
    );
  });
});

describe('a scene', () => {
  it('computes once, and prices what it shares for each who takes it', async () => {
    const scene = sceneOf();
    const first = await scene.priced(() => scene.headWrites());
    const again = await scene.priced(() => scene.headWrites());
    expect(again.value).toBe(first.value);
    // The second takes no time of its own, and is charged for the writes alike.
    expect(again.own).toBeLessThan(again.seconds);
    expect(again.seconds - again.own).toBeCloseTo(first.seconds - first.own, 9);
    expect(scene.modelSeconds).toBeGreaterThan(0);
    expect(await scene.exactEffects(() => undefined)).toBe(await scene.exactEffects(() => undefined));
  });

  it('takes negatives of the prompts that have one, and says where none has', async () => {
    const [one, ...others] = prompts as readonly [Prompt, ...Prompt[]];
    const without = others.map((prompt) => ({ ...prompt, negativeIds: null, corruptIds: null }));
    const writes = await sceneOf([...without, one]).headWrites();
    expect(writes.prompts).toEqual({ positive: 8, negative: 1 });
    await expect(sceneOf(without).headWrites()).rejects.toThrow(/no negative prompts/);
    await expect(sceneOf(without).exactEffects(() => undefined)).rejects.toThrow(/resample needs a corrupt prompt/);
  });
});
