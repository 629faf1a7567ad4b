/** Programs as model families write them, small, and random values to feed them. */
import type { GraphBuilder, Sizes } from '../../engine/graph/builder.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Axis } from '../../engine/terms/axes.ts';

export const blockSizes: Sizes = { D: 24, N: 6, G: 2, R: 3, H: 4, J: 2, M: 48, V: 13 };

/** Grouped attention as model families write it. */
function attention(g: GraphBuilder, x: Value): Value {
  const turn = (value: Value) => g.rotary(value, g.input('cos', 'B P J'), g.input('sin', 'B P J'), false);
  const q = turn(g.contract(x, g.parameter('q', 'N H D'), 'B P N H'));
  const k = g.rename(g.transpose(turn(g.contract(x, g.parameter('k', 'G H D'), 'B P G H')), 'B G P H'), 'P', 'K');
  const v = g.rename(g.transpose(g.contract(x, g.parameter('v', 'G H D'), 'B P G H'), 'B G P H'), 'P', 'K');
  const keys = g.concat([g.rename(g.input('pastKeys', 'B G T H'), 'T', 'K'), k], 'K');
  const values = g.concat([g.rename(g.input('pastValues', 'B G T H'), 'T', 'K'), v], 'K');
  const grouped = g.transpose(g.split(g.multiply(q, 0.5), 'N', 'G R'), 'B G R P H');
  const scores = g.merge(g.contract(grouped, keys, 'B G R P K'), 'G R', 'N');
  const pattern = g.split(g.softmax(g.add(scores, g.input('mask', 'B P K')), 'K'), 'N', 'G R');
  const z = g.merge(g.transpose(g.contract(pattern, values, 'B G R P H'), 'B P G R H'), 'G R', 'N');
  return g.contract(z, g.parameter('o', 'D N H'), 'B P D');
}

export function rms(g: GraphBuilder, x: Value, name: string): Value {
  const root = g.sqrt(g.add(g.mean(g.power(x, 2), 'D'), 1e-5));
  return g.multiply(g.divide(x, root), g.parameter(name, 'D'));
}

export function llamaBlock(g: GraphBuilder): Value {
  const x = g.input('x', 'B P D');
  const middle = g.add(x, attention(g, rms(g, x, 'first')));
  const normed = rms(g, middle, 'second');
  const gate = g.contract(normed, g.parameter('gate', 'M D'), 'B P M');
  const up = g.contract(normed, g.parameter('up', 'M D'), 'B P M');
  const act = g.multiply(g.multiply(gate, g.sigmoid(gate)), up);
  return g.add(middle, g.contract(act, g.parameter('down', 'D M'), 'B P D'));
}

/** Random values for everything that a graph is fed. */
export function drawFeeds(
  graph: Graph,
  lengths: Partial<Record<Axis, number>>,
  draw = (random: Random) => Math.fround(random.normal()),
): Map<string, Dense> {
  const random = seededRandom(7);
  const feeds = new Map<string, Dense>();
  for (const definition of graph.definitions) {
    if (definition.kind !== 'input' && definition.kind !== 'parameter') continue;
    const axes = definition.type.axes.map(({ axis, size }) => ({
      axis,
      size: size === 'dynamic' ? (lengths[axis] as number) : size,
    }));
    const count = axes.reduce((product, { size }) => product * size, 1);
    const value = () => (definition.type.dtype === 'int64' ? random.below(13) : draw(random));
    feeds.set(definition.name, dense(axes, Float64Array.from({ length: count }, value)));
  }
  return feeds;
}
