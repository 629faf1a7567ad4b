/** Several cases as one graph, each with a scalar of its own to differentiate. */
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Value } from '../../engine/graph/value.ts';
import { axisNames } from '../../engine/graph/value.ts';
import { sizeOf } from '../../engine/tensor/tensor.ts';
import type { Random } from '../../engine/tensor/random.ts';
import type { Case } from './cases.ts';
import { define, drawOperand } from './cases.ts';

export interface Scene {
  /** Output that holds this case's scalar. */
  readonly loss: string;
  /** Names of its operands. */
  readonly operands: readonly string[];
}

export interface Scenes {
  readonly graph: Graph;
  readonly feeds: ReadonlyMap<string, Dense>;
  readonly scenes: readonly Scene[];
}

/** loss = sum over the result of result * weights, weights drawn at random: every entry of the Jacobian counts. Output `total` is the sum of all. */
export function drawScenes(cases: readonly Case[], random: Random): Scenes {
  const g = new GraphBuilder('scenes', {});
  const feeds = new Map<string, Dense>();
  const losses: Value[] = [];
  const scenes = cases.map(({ operands, build }, i) => {
    const names = operands.map((_, o) => `x${i}.${o}`);
    const values = operands.map((operand, o) => {
      const value = drawOperand(operand, random);
      feeds.set(names[o] as string, value);
      return define(g, operand, names[o] as string, value);
    });
    const loss = weighted(g, build(g, values), `weights${i}`, feeds, random);
    losses.push(loss);
    g.output(`loss${i}`, loss);
    return { loss: `loss${i}`, operands: names };
  });
  g.output(
    'total',
    losses.reduce((a, b) => g.add(a, b)),
  );
  return { graph: g.build(), feeds, scenes };
}

function weighted(g: GraphBuilder, result: Value, name: string, feeds: Map<string, Dense>, random: Random): Value {
  const { axes } = evaluate({ ...g.build(), outputs: new Map([['result', result]]) }, feeds).get('result') as Dense;
  feeds.set(
    name,
    dense(
      axes,
      Float64Array.from({ length: sizeOf(axes) }, () => Math.fround(random.normal())),
    ),
  );
  const list = axisNames(result.type).join(' ');
  const product = g.multiply(result, g.input(name, list, 'float32', 'dynamic'));
  return list === '' ? product : g.sum(product, list);
}

export function onlyOutput(graph: Graph, name: string): Graph {
  return { ...graph, outputs: new Map([[name, graph.outputs.get(name) as Value]]) };
}

/** (f(x + h v) - f(x - h v)) / 2 h, f the scalar output and v a direction of one operand. */
export function slopeAlong(
  graph: Graph,
  scalar: string,
  feeds: ReadonlyMap<string, Dense>,
  name: string,
  direction: Float64Array,
): number {
  const [h, one] = [1e-6, onlyOutput(graph, scalar)];
  const at = (step: number) => {
    const x = feeds.get(name) as Dense;
    const moved = dense(
      x.axes,
      x.data.map((value, i) => value + step * (direction[i] as number)),
    );
    return (evaluate(one, new Map([...feeds, [name, moved]])).get(scalar) as Dense).data[0] as number;
  };
  return (at(h) - at(-h)) / (2 * h);
}
