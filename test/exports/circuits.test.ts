/** Files of a circuit bench: one method's circuit, node scores for MIB, tables of heads. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readCircuit, writeCircuit } from '../../engine/exports/circuit.ts';
import { circuitScores } from '../../engine/exports/circuitScores.ts';
import { foundCircuit } from '../../engine/exports/foundCircuit.ts';
import { mibNodes } from '../../engine/exports/mibNodes.ts';
import type { CircuitRanking } from '../../engine/results/circuitBench.ts';
import type { Client } from '../../engine/results/index.ts';
import { exportForms } from '../../engine/service/runs/exportForms.ts';
import { exportRun } from '../../engine/service/runs/exportRun.ts';
import type { BenchRun } from '../circuits/bench.ts';
import { circuitRequest, runBench } from '../circuits/bench.ts';
import { FakeHost } from '../service/fakeHost.ts';
import { project } from '../service/project.ts';

let run: BenchRun;
const request = circuitRequest('planted-ioi', 'ioi', 8, {
  methods: ['patching', 'mean-difference'].map((id) => ({ id, settings: {} })),
  budgets: [0.5, 1],
  references: [{ kind: 'planted' }],
});
beforeAll(async () => {
  run = await runBench(request);
});

function ranking(method: string): CircuitRanking {
  const found = run.rows.find((row): row is CircuitRanking => row.of === 'ranking' && row.method === method);
  if (found === undefined) throw new Error(`no ranking of ${method}`);
  return found;
}

describe('a circuit file', () => {
  it('has the best nodes with their effects, in order of computation, and is read back', () => {
    const circuit = foundCircuit(run.header, ranking('patching'), 4);
    expect(circuit.nodes.map(({ id }) => id)).toEqual(['L0H1', 'L1H2', 'L2H0', 'L3H3']);
    expect(circuit.nodes.map(({ score }) => Math.round(score ?? NaN))).toEqual([-13, -13, -12, 4]);
    expect(circuit.source).toMatch(
      /^headscope \S+ circuit: patching .*; 8 prompts, seed 0, logitDifference; equal scores: in an order drawn from seed 0; nodes: the attention heads/,
    );
    expect(readCircuit(writeCircuit(circuit), 'circuit.json')).toEqual(circuit);
  });

  it('breaks ties as every curve of the run does, by the draw, and says so; runs without the draw by layer', () => {
    const { drawnFrom: _, drawn: order = [], ...older } = run.header;
    const tied = { ...ranking('patching'), signed: null, scores: run.header.nodes.map(() => 1) };
    const ids = (header: typeof run.header) => foundCircuit(header, tied, 3).nodes.map(({ id }) => id);
    expect(new Set(ids(run.header))).toEqual(new Set(order.slice(0, 3)));
    expect(ids(run.header)).not.toEqual(['L0H0', 'L0H1', 'L0H2']);
    expect(ids(older)).toEqual(['L0H0', 'L0H1', 'L0H2']);
    expect(foundCircuit(older, tied, 3).source).toMatch(/; equal scores: the earlier node first; /);
  });

  it('is refused where fewer nodes have a score', () => {
    const patching = ranking('patching');
    const few = { ...patching, scores: patching.scores.map((score, i) => (i < 3 ? score : null)) };
    expect(() => foundCircuit(run.header, few, 4)).toThrow(/3 of 16 nodes have a score/);
  });
});

describe('node scores for MIB', () => {
  interface Graph {
    readonly cfg: Readonly<Record<string, unknown>>;
    readonly nodes: Readonly<Record<string, { readonly in_graph: boolean; readonly score?: number }>>;
    readonly edges: object;
  }
  const graph = (method: string) => JSON.parse(mibNodes(run.header, ranking(method))) as Graph;

  it('name every node of their graph, helpful ones above 0', () => {
    const { cfg, nodes, edges } = graph('patching');
    expect(cfg).toEqual({ n_layers: 4, n_heads: 4, parallel_attn_mlp: false, d_model: 93 });
    expect(Object.keys(nodes)).toHaveLength(1 + 4 * 5 + 1);
    expect(nodes['a2.h0']).toEqual({ in_graph: true, score: expect.closeTo(12, 3) });
    expect(nodes['a3.h3']?.score).toBeCloseTo(-4, 3);
    expect([nodes['input'], nodes['m0'], nodes['logits'], edges]).toEqual([
      { in_graph: true },
      { in_graph: true },
      { in_graph: true },
      {},
    ]);
  });

  it('are the scores themselves where effects have no sign', () => {
    expect(Object.values(graph('mean-difference').nodes).every(({ score = 0 }) => score >= 0)).toBe(true);
  });
});

describe('a stored bench', () => {
  it('is offered as tables and circuits, and each that is offered is written', async () => {
    async function* circuit(): ReturnType<Client['circuit']> {
      yield { kind: 'start', header: run.header };
      yield* run.rows;
      return { seconds: 1, modelSeconds: 1, warnings: [] };
    }
    const { queue, store, reaches } = await project(new FakeHost({ circuit }));
    const id = await queue.start({ job: { call: 'circuit', request } });
    await reaches(id, 'done');
    while (store.owned(id) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
    const { forms, numbers } = await exportForms(await store.get(id));
    expect(numbers.map((one) => [one.id, one.kind])).toEqual([
      ['patching', 'causal'],
      ['mean-difference', 'proxy'],
    ]);
    const formats = forms.map(({ format }) => format);
    expect(formats).toEqual(
      expect.arrayContaining(['csv', 'parquet', 'wu', 'circuit.json', 'mib-nodes', 'rows.jsonl']),
    );
    const text = async (asked: Omit<Parameters<typeof exportRun>[1], 'run'>) => {
      const { name, data } = await exportRun(store, { run: id, ...asked });
      return [name.slice(id.length), new TextDecoder().decode(data)] as const;
    };
    const [name, saved] = await text({ format: 'circuit.json', metric: 'patching', remove: 12 });
    expect(name).toBe('.circuit.json');
    expect(readCircuit(saved, name).nodes).toHaveLength(4);
    expect(readCircuit((await text({ format: 'circuit.json', metric: 'patching' }))[1], name).nodes).toHaveLength(1);
    expect((await text({ format: 'mib-nodes', metric: 'mean-difference' }))[0]).toBe('.mib.json');
    expect((await text({ format: 'csv' }))[1]).toMatch(/patching/);
    await expect(text({ format: 'circuit.json' })).rejects.toThrow(/which method: expected patching, mean-difference/);
    await expect(text({ format: 'mib-nodes', metric: 'atp' })).rejects.toThrow(/no ranking of this method/);
  });

  it('is a table of heads a method', () => {
    const [patching] = circuitScores(run.header, [ranking('patching')]);
    expect(patching?.values[4 * 2]).toBeCloseTo(12, 3);
    expect(patching?.perLayer).toEqual([4, 4, 4, 4]);
  });
});
