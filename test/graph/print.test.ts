import { expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { printGraph } from '../../engine/graph/print.ts';

it('a graph prints as one line per definition, with types and attributes', () => {
  const g = new GraphBuilder('example', { D: 8, N: 2, H: 4 });
  const x = g.input('x', 'B P D');
  const q = g.split(
    g.add(
      g.contract(x, g.parameter('w', 'M D', { M: 8 }), 'B P M'),
      g.constant(Array<number>(8).fill(1), 'M', { M: 8 }),
    ),
    'M',
    'N H',
  );
  g.output('q', g.multiply(g.softmax(q, 'H'), 0.5));
  g.output('ids', g.gather(g.parameter('table', 'V D', { V: 3 }), g.input('ids', 'B', 'int64'), 'V'));
  expect(printGraph(g.build())).toMatchInlineSnapshot(`
    "graph example
      input x : float32[B ?, P ?, D 8]
      parameter w : float32[M 8, D 8]
      %2 = contract(x, w) axes=[B P M] : float32[B ?, P ?, M 8]
      %3 = constant [1, 1, 1, 1, 1, 1, 1, 1] : float32[M 8]
      %4 = add(%2, %3) : float32[B ?, P ?, M 8]
      %5 = split(%4) axis=M into=[N:2 H:4] : float32[B ?, P ?, N 2, H 4]
      %6 = softmax(%5) over=H : float32[B ?, P ?, N 2, H 4]
      %7 = constant [0.5] : float32[]
      %8 = multiply(%6, 0.5) : float32[B ?, P ?, N 2, H 4]
      parameter table : float32[V 3, D 8]
      input ids : int64[B ?]
      %11 = gather(table, ids) axis=V : float32[B ?, D 8]
    outputs
      q <- %8
      ids <- %11"
  `);
});
