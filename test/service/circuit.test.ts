/** The calls of circuits: methods, a bench that goes on from its rows, one circuit as the slider asks for it. */
import { describe, expect, it } from 'vitest';
import type { CircuitFaithful, CircuitRow } from '../../engine/results/circuitBench.ts';
import { circuitEvent, circuitMethodsResult } from '../../engine/results/circuitBench.ts';
import type { EventOf, RequestOf } from '../../engine/results/index.ts';
import { drain } from '../../engine/results/index.ts';
import { validate } from '../../engine/results/validate.ts';
import { createService } from '../../engine/service/service.ts';
import type { BenchRun } from '../circuits/bench.ts';
import { circuitRequest, runBench } from '../circuits/bench.ts';

const options = { signal: new AbortController().signal, priority: 'job' } as const;

type EffectEvent = EventOf<'circuitEffect'>;

async function effect(request: RequestOf<'circuitEffect'>, times = 1) {
  const { service, dispose } = createService();
  try {
    let events: EffectEvent[] = [];
    let warnings: readonly string[] = [];
    for (let i = 0; i < times; i++) {
      events = [];
      ({ warnings } = await drain(service.circuitEffect(request, options), (event) => void events.push(event)));
    }
    return { events, warnings };
  } finally {
    await dispose();
  }
}

/** Seconds differ from run to run. */
function untimed(rows: readonly CircuitRow[]): unknown[] {
  return rows.map((row) => ('seconds' in row ? { ...row, seconds: 0 } : row));
}

describe('circuitMethods', () => {
  it('lists what there is, as the contract declares it', async () => {
    const { service, dispose } = createService();
    const found = validate(circuitMethodsResult, await service.circuitMethods({}, options), 'result');
    await dispose();
    expect(found.methods.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['patching', 'ablation', 'atp', 'ig', 'gradxact', 'mean-difference']),
    );
    expect(new Set(found.methods.map(({ id }) => id)).size).toBe(found.methods.length);
    expect(found.methods.find(({ id }) => id === 'ig')?.settings).toEqual([
      expect.objectContaining({ name: 'steps', kind: 'number', default: 10, range: [1, 1000], whole: true }),
    ]);
    expect(found.references.find(({ id }) => id === 'ioiWang')).toMatchObject({ task: 'ioi', model: 'GPT-2 small' });
  });
});

describe('circuit', () => {
  const methods = ['patching', 'atp', 'mean-difference'].map((id) => ({ id, settings: {} }));
  const request = circuitRequest('planted-ioi', 'ioi', 8, {
    methods,
    random: 2,
    studied: 0.2,
    budgets: [0.1, 0.2, 0.5, 1],
  });

  it('goes on from any row to the same rows, and its events are as declared', async () => {
    const whole = await runBench(request);
    for (const row of whole.rows) validate(circuitEvent, row, 'row');
    for (const cut of [1, 7, whole.rows.length - 3]) {
      // As they come back from disk.
      const known = JSON.parse(JSON.stringify(whole.rows.slice(0, cut))) as CircuitRow[];
      const rest = await runBench({ ...request, known });
      expect(untimed([...known, ...rest.rows]), `${cut} rows known`).toEqual(untimed(whole.rows));
      expect(rest.header).toEqual(whole.header);
      expect(rest.warnings).toEqual(whole.warnings);
    }
  });

  it('ranks MLPs beside heads where a method scores both', async () => {
    const both = circuitRequest('tiny-heads', 'ioi', 4, {
      methods: [{ id: 'atp', settings: {} }],
      ...{ nodes: 'headsAndMlps', references: [{ kind: 'exact', share: 0.1 }], budgets: [0.1, 1] },
    });
    const { header, rows } = await runBench(both);
    expect(header.nodes).toHaveLength(36);
    expect(header.nodes[8]).toBe('L0MLP');
    expect(header.notes[0]).toMatch(/and the MLPs, at what they add/);
    const at = (share: number) =>
      rows.find((row): row is CircuitFaithful => row.of === 'faithful' && row.share === share);
    expect(at(1)?.faithfulness?.mean).toBe(1);
    const ranking = rows.find((row) => row.of === 'ranking');
    expect(ranking?.of === 'ranking' && ranking.scores.every((score) => score !== null && score > 0)).toBe(true);
  });

  const refused = (more: Partial<RequestOf<'circuit'>>, folder = 'planted-ioi', task = 'ioi') =>
    runBench(circuitRequest(folder, task, 4, more)).then(
      () => 'no fault',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  it.each([
    ['a method that there is not', { methods: [{ id: 'acdc', settings: {} }] }, /no such circuit method.*patching/],
    ['a setting that there is not', { methods: [{ id: 'atp', settings: { steps: 3 } }] }, /unknown setting.*gradDrop/],
    ['a setting out of range', { methods: [{ id: 'ig', settings: { steps: 0 } }] }, /out of range.*from 1 to 1000/],
    [
      'one method twice',
      { methods: [methods[0] ?? { id: '', settings: {} }, { id: 'patching', settings: {} }] },
      /the same method twice/,
    ],
    ['MLPs of a model without', { nodes: 'headsAndMlps' }, /no MLPs/],
    ['a published circuit of another model', { references: [{ kind: 'published', id: 'ioiWang' }] }, /not GPT-2 small/],
  ] as const)('refuses %s', async (_, more, message) => {
    expect(await refused(more as Partial<RequestOf<'circuit'>>)).toMatch(message);
  });

  it('refuses a planted circuit where there is none, a reference of all nodes, MLPs to a method of heads', async () => {
    const planted = { references: [{ kind: 'planted' }] } as const;
    expect(await refused(planted, 'tiny-heads')).toMatch(/no planted circuit of ioi/);
    expect(await refused({ references: [{ kind: 'exact', share: 1 }] }, 'tiny-heads')).toMatch(/tells no nodes apart/);
    const heads = { methods: [{ id: 'mean-difference', settings: {} }], nodes: 'headsAndMlps' } as const;
    expect(await refused(heads, 'tiny-heads')).toMatch(/mean-difference ranks heads only/);
  });
});

describe('circuitEffect', () => {
  const bench = circuitRequest('tiny-heads', 'ioi', 8, {
    methods: [{ id: 'patching', settings: {} }],
    ...{ budgets: [0.25], random: 2, references: [{ kind: 'exact', share: 0.1 }], seed: 3 },
  });
  const { model, prompts, nodes, outside, seed } = bench;
  const asked = { model, prompts, nodes, outside, seed };

  function best({ header, rows }: BenchRun, k: number): string[] {
    const ranking = rows.find((row) => row.of === 'ranking');
    if (ranking?.of !== 'ranking') throw new Error('expected a ranking');
    const order = header.nodes.map((_, i) => i).sort((a, b) => (ranking.scores[b] ?? 0) - (ranking.scores[a] ?? 0));
    return order.slice(0, k).map((i) => header.nodes[i] ?? '');
  }

  it.each(['counterfactual', 'mean'] as const)('gives the numbers of the bench (%s), again too', async (by) => {
    const run = await runBench({ ...bench, outside: by });
    const point = (method: string, draw: number | null) =>
      run.rows.find(
        (row): row is CircuitFaithful => row.of === 'faithful' && row.method === method && row.draw === draw,
      );
    const { events } = await effect({ ...asked, outside: by, circuit: best(run, 8), random: 2 }, 2);
    const [own, ...random] = events;
    const expected = point('patching', null);
    expect(own).toMatchObject({ kind: 'circuit', k: 8, of: 32 });
    if (own?.kind !== 'circuit') throw new Error('expected the circuit first');
    expect(own.ends).toEqual({
      whole: expect.closeTo(run.header.ends.whole, 5),
      empty: expect.closeTo(run.header.ends.empty, 5),
    });
    for (const field of ['faithfulness', 'metric', 'kl'] as const) {
      expect(own[field]?.mean, field).toBeCloseTo(expected?.[field]?.mean ?? NaN, 5);
      expect(own[field]?.standardError, field).toBeCloseTo(expected?.[field]?.standardError ?? NaN, 5);
    }
    expect(random.map((event) => (event.kind === 'random' ? event.faithfulness : null))).toEqual(
      [0, 1].map((draw) => expect.closeTo(point('random', draw)?.faithfulness?.mean ?? NaN, 5)),
    );
  });

  it('is 1 with every node, 0 with none, and refuses a node that is not ranked', async () => {
    const all = Array.from({ length: 32 }, (_, i) => `L${Math.floor(i / 8)}H${i % 8}`);
    const of = async (circuit: readonly string[]) => (await effect({ ...asked, circuit, random: 0 })).events[0];
    expect(await of(all)).toMatchObject({
      faithfulness: { mean: 1 },
      kl: { mean: expect.closeTo(0, 12) },
      accuracy: { mean: 1 },
    });
    expect(await of([])).toMatchObject({ faithfulness: { mean: 0, standardError: 0 }, k: 0 });
    await expect(of(['L0MLP'])).rejects.toThrow(/no node of this set/);
  });
});
