import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { checkGraph } from '../../engine/graph/check.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import { gradient, gradientName } from '../../engine/graph/gradient.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { lower } from '../../engine/graph/lower.ts';
import type { PrimitiveName } from '../../engine/graph/primitives.ts';
import type { Value } from '../../engine/graph/value.ts';
import { axisNames } from '../../engine/graph/value.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Case } from './cases.ts';
import { cases, define, drawOperand } from './cases.ts';
import { expectClose } from './close.ts';
import { operatorsOf } from './onnx.ts';
import { blockSizes, drawFeeds, llamaBlock } from './programs.ts';
import { runGraph } from './session.ts';

interface Scene {
  readonly graph: Graph;
  readonly feeds: Map<string, Dense>;
  /** Float operands that a gradient can flow to. */
  readonly wrt: readonly string[];
}

/** loss = sum over the result of result * weights, weights drawn at random: every entry of the Jacobian counts. */
function scene({ operands, build }: Case, seed: number, untouched: readonly number[]): Scene {
  const random = seededRandom(seed);
  const feeds = new Map<string, Dense>();
  const g = new GraphBuilder('scene', {});
  const values = operands.map((operand, o) => {
    const value = drawOperand(operand, random);
    feeds.set(`x${o}`, value);
    return define(g, operand, `x${o}`, value);
  });
  const result = build(g, values);
  const weights = g.input('weights', axisNames(result.type).join(' '), 'float32', 'dynamic');
  const product = g.multiply(result, weights);
  const axes = axisNames(product.type).join(' ');
  g.output('loss', axes === '' ? product : g.sum(product, axes));
  const shape = shapeOfResult(g, result, feeds);
  feeds.set(
    'weights',
    dense(
      shape,
      Float64Array.from({ length: shape.reduce((a, { size }) => a * size, 1) }, () => Math.fround(random.normal())),
    ),
  );
  const wrt = operands.flatMap(({ dtype, as }, o) =>
    dtype === 'float32' && as !== 'constant' && !untouched.includes(o) ? [`x${o}`] : [],
  );
  return { graph: g.build(), feeds, wrt };
}

function shapeOfResult(g: GraphBuilder, result: Value, feeds: ReadonlyMap<string, Dense>) {
  const built = { ...g.build(), outputs: new Map([['result', result]]) };
  return (evaluate(built, feeds).get('result') as Dense).axes;
}

/** (loss(x + h v) - loss(x - h v)) / 2 h for a random direction v of one operand. */
function slopeAlong({ graph, feeds }: Scene, name: string, direction: Float64Array): number {
  const h = 1e-6;
  const at = (step: number) => {
    const x = feeds.get(name) as Dense;
    const moved = dense(
      x.axes,
      x.data.map((value, i) => value + step * (direction[i] as number)),
    );
    return (evaluate(graph, new Map([...feeds, [name, moved]])).get('loss') as Dense).data[0] as number;
  };
  return (at(h) - at(-h)) / (2 * h);
}

/** Operands that a gradient does not flow to: what only lends its shape, angles, and conditions. */
const untouched: Partial<Record<PrimitiveName, readonly number[]>> = {
  broadcastLike: [1],
  reduceLike: [1],
  part: [1, 2],
  rotary: [1, 2],
  where: [0],
};

// These have no derivative, or one that is stated instead of derived; they have tests of their own below.
const stated: readonly PrimitiveName[] = ['less', 'equal', 'toFloat', 'stopGradient', 'step', 'oneHot'];
const differentiable = (Object.keys(cases) as PrimitiveName[]).filter((name) => !stated.includes(name));

// A cut or a merge of an axis that is dynamic has no gradient in fixed-size primitives.
function hasGradient({ graph, wrt }: Scene): boolean {
  try {
    gradient(graph, 'loss', wrt);
    return true;
  } catch (error) {
    if (error instanceof RangeError && /of fixed size|one dynamic/.test(error.message)) return false;
    throw error;
  }
}

describe('gradients agree with finite differences in float64, and with ONNX Runtime', () => {
  it.each(differentiable)('%s', async (name) => {
    const random = seededRandom(5);
    const scenes = cases[name]
      .map((item, i) => scene(item, i, untouched[name] ?? []))
      .filter(({ wrt }) => wrt.length > 0);
    const derived = scenes.filter(hasGradient);
    expect(derived.length).toBeGreaterThan(scenes.length / 2);
    for (const [i, item] of derived.entries()) {
      const graph = gradient(item.graph, 'loss', item.wrt);
      checkGraph(graph);
      const results = evaluate(graph, item.feeds);
      for (const operand of item.wrt) {
        const got = results.get(gradientName(operand)) as Dense;
        const direction = got.data.map(() => random.normal());
        const expected = slopeAlong(item, operand, direction);
        const along = got.data.reduce((sum, value, j) => sum + value * (direction[j] as number), 0);
        expect(Math.abs(along - expected), `${name} ${i} ${operand}: ${along} and ${expected}`).toBeLessThan(
          1e-5 * (1 + Math.abs(expected)),
        );
        expect(got.axes).toEqual((item.feeds.get(operand) as Dense).axes);
      }
      if (i % 4 === 0) {
        const run = await runGraph(graph, item.feeds);
        for (const [output, value] of results) expectClose(run.get(output), value, `${name} ${i} ${output}`, 2e-5);
      }
    }
  });
});

function slopes(build: (g: GraphBuilder, x: Value) => Value, x: readonly number[]): number[] {
  const g = new GraphBuilder('slopes', { D: x.length });
  g.output('y', g.sum(build(g, g.input('x', 'D')), 'D'));
  const feeds = new Map([['x', dense([{ axis: 'D', size: x.length }], Float64Array.from(x))]]);
  return [...(evaluate(gradient(g.build(), 'y', ['x']), feeds).get('gradient.x') as Dense).data];
}

describe('gradients that are stated', () => {
  it('relu, abs and ties of maximum and max', () => {
    expect(slopes((g, x) => g.relu(x), [-1, 0, 2])).toEqual([0, 0, 1]);
    expect(slopes((g, x) => g.abs(x), [-1, 0, 2])).toEqual([-1, 0, 1]);
    expect(slopes((g, x) => g.maximum(x, 1), [0, 1, 2])).toEqual([0, 0.5, 1]);
    expect(slopes((g, x) => g.unsqueeze(g.max(x, 'D'), 'D'), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
  });

  it('step passes d straight through, or inside a rectangle', () => {
    expect(slopes((g, x) => g.step(x, 'straightThrough'), [-1, 0.1, 2])).toEqual([1, 1, 1]);
    expect(slopes((g, x) => g.step(x, { rectangleWidth: 0.5 }), [-1, 0.1, -0.2])).toEqual([0, 2, 2]);
  });

  it('stopGradient stops it', () => {
    expect(slopes((g, x) => g.multiply(x, g.stopGradient(x)), [2, 3])).toEqual([2, 3]);
    expect(() => slopes((g, x) => g.stopGradient(x), [1])).toThrow('gradient: y does not depend on x');
  });
});

describe('gradient', () => {
  it('is taken with respect to a marked value in the middle, and of a gradient again', () => {
    const g = new GraphBuilder('quartic', { D: 2 });
    const middle = g.power(g.input('x', 'D'), 2);
    g.output('middle', middle);
    g.output('y', g.sum(g.power(middle, 2), 'D'));
    const first = gradient(g.build(), 'y', ['middle', 'x']);
    const again = GraphBuilder.from({ ...first, outputs: new Map() }, 'slope');
    again.output('slope', again.sum(first.outputs.get('gradient.x') as Value, 'D'));
    const second = gradient(again.build(), 'slope', ['x']);
    const feeds = new Map([['x', dense([{ axis: 'D', size: 2 }], Float64Array.of(1, 2))]]);
    const values = (graph: Graph, name: string) => [...(evaluate(graph, feeds).get(name) as Dense).data];
    // y = x^4: dy/dmiddle = 2 x^2, dy/dx = 4 x^3, and the slope of that is 12 x^2.
    expect(values(first, 'gradient.middle')).toEqual([2, 8]);
    expect(values(first, 'gradient.x')).toEqual([4, 32]);
    expect(values(second, 'gradient.x')).toEqual([12, 48]);
  });

  it('of a Llama block agrees with finite differences and with ONNX Runtime, for the stream, a weight and the cache', async () => {
    const g = new GraphBuilder('block', blockSizes);
    const out = llamaBlock(g);
    g.output('loss', g.sum(g.multiply(out, g.input('weights', 'B P D')), 'B P D'));
    const graph = g.build();
    const feeds = drawFeeds(graph, { B: 2, P: 3, T: 4, K: 7 }, (random) => Math.fround(random.normal() / 3));
    const wrt = ['x', 'q', 'k', 'o', 'gate', 'first', 'pastKeys', 'pastValues'];
    const derived = gradient(graph, 'loss', wrt);
    const results = evaluate(derived, feeds);
    const random = seededRandom(3);
    for (const name of wrt) {
      const got = results.get(gradientName(name)) as Dense;
      const direction = got.data.map(() => random.normal());
      const along = got.data.reduce((sum, value, j) => sum + value * (direction[j] as number), 0);
      expect(along / slopeAlong({ graph, feeds, wrt }, name, direction), name).toBeCloseTo(1, 4);
    }
    const full = gradient(graph, 'loss', wrt, { mayStretch: () => false });
    for (const lowered of [derived, full]) {
      const run = await runGraph(lowered, feeds);
      for (const [output, value] of results) expectClose(run.get(output), value, output);
    }
    const operators = operatorsOf(lower(full, { storage: () => ({ kind: 'input' }) }));
    expect(operators).not.toContain('NonZero');
  });

  it('names what it cannot be taken of', () => {
    const g = new GraphBuilder('errors', { D: 2 });
    const x = g.input('x', 'D');
    g.output('vector', x);
    g.output('y', g.sum(x, 'D'));
    const graph = g.build();
    expect(() => gradient(graph, 'vector', ['x'])).toThrow('gradient: vector: expected a scalar, got float32[D 2]');
    expect(() => gradient(graph, 'y', ['z'])).toThrow('gradient: graph errors has no input, parameter or output z');
    expect(() => gradient(graph, 'z', ['x'])).toThrow('gradient: graph errors has no output z');
  });
});
