import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { lower } from '../../engine/graph/lower.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { expectClose } from './close.ts';
import { operatorsOf } from './onnx.ts';
import { runGraph } from './session.ts';
import { randomBlocks, WeightFile } from './weights.ts';

/** Products with the last one and the last two axes, gathered rows, a row of columns first, and the table as it is. */
function quantisedGraph(): Graph {
  const g = new GraphBuilder('blocks', { D: 64, N: 3, H: 32, V: 11 });
  const x = g.input('x', 'B P D');
  const z = g.input('z', 'B P N H');
  const table = g.parameter('table', 'V D');
  g.output('in', g.contract(x, g.parameter('in', 'N H D'), 'B P N H'));
  g.output('scaledIn', g.contract(g.multiply(x, 0.25), g.parameter('in', 'N H D'), 'B P N H'));
  g.output('out', g.contract(z, g.parameter('out', 'D N H'), 'B P D'));
  g.output('perHead', g.contract(z, g.parameter('out', 'D N H'), 'B P N D'));
  g.output('unembed', g.contract(x, table, 'B P V'));
  g.output('embed', g.gather(table, g.input('ids', 'B P', 'int64'), 'V'));
  g.output('turned', g.contract(x, g.parameter('turned', 'D V', { V: 32 }), 'B P V'));
  g.output('table', g.negate(table));
  return g.build();
}

const sizes = { table: 11 * 64, in: 3 * 32 * 64, out: 64 * 3 * 32, turned: 64 * 32 } as const;

async function compareBlocks(bits: 4 | 8, blockSize: 16 | 32, hasMinimums: boolean, rows: number): Promise<void> {
  const random = seededRandom(bits * blockSize + rows);
  const file = new WeightFile();
  const blocks = new Map(
    Object.entries(sizes).map(([name, count]) => [
      name,
      randomBlocks(file, random, count, bits, blockSize, hasMinimums),
    ]),
  );
  const graph = quantisedGraph();
  const at = { B: 1, P: rows };
  const feeds = new Map(
    graph.definitions.flatMap((definition) => {
      if (definition.kind !== 'input' && definition.kind !== 'parameter') return [];
      const axes = definition.type.axes.map(({ axis, size }) => ({
        axis,
        size: size === 'dynamic' ? at[axis as 'B' | 'P'] : size,
      }));
      const count = axes.reduce((product, { size }) => product * size, 1);
      const draw = () => (definition.type.dtype === 'int64' ? random.below(11) : Math.fround(random.normal()));
      const data = blocks.get(definition.name)?.weights ?? Float64Array.from({ length: count }, draw);
      return [[definition.name, dense(axes, data)] as const];
    }),
  );
  const storage = (name: string) =>
    (blocks.get(name) as { storage: ReturnType<typeof randomBlocks>['storage'] }).storage;
  const results = await file.inFolder((folder) => runGraph(graph, feeds, { storage, folder }));
  for (const [name, value] of evaluate(graph, feeds))
    expectClose(results.get(name), value, `${bits} bits, blocks of ${blockSize}, ${name}`, 3e-6);
}

describe('weights kept in blocks', () => {
  const kinds = ([4, 8] as const).flatMap((bits) =>
    ([16, 32] as const).flatMap((size) => [true, false].map((minimums) => [bits, size, minimums] as const)),
  );
  it.each(kinds)(
    'of %i bits and %i values, minimums %s, give the float product for 1 and for 40 rows',
    async (bits, size, minimums) => {
      await compareBlocks(bits, size, minimums, 1);
      await compareBlocks(bits, size, minimums, 40);
    },
  );

  it('are multiplied by MatMulNBits and never unpacked whole where their last axes are summed over', () => {
    const g = new GraphBuilder('one', { D: 64, N: 3, H: 32 });
    g.output('out', g.contract(g.input('x', 'B P N H'), g.parameter('w', 'D N H'), 'B P D'));
    const bytes = { location: 'weights.bin', offset: 0, length: 1 };
    const storage = () =>
      ({ kind: 'blocks', bits: 4, blockSize: 32, codes: bytes, scales: bytes, minimums: null }) as const;
    expect(operatorsOf(lower(g.build(), { storage }))).toEqual(['Reshape', 'MatMulNBits']);
  });

  it('must fill their rows', () => {
    const g = new GraphBuilder('one', { D: 40, M: 3 });
    g.output('out', g.contract(g.input('x', 'B P D'), g.parameter('w', 'M D'), 'B P M'));
    const bytes = { location: 'weights.bin', offset: 0, length: 1 };
    const storage = () =>
      ({ kind: 'blocks', bits: 4, blockSize: 32, codes: bytes, scales: bytes, minimums: null }) as const;
    expect(() => lower(g.build(), { storage })).toThrow('w: expected columns in blocks of 32, got 40 columns');
  });
});
