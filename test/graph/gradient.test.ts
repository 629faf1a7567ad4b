import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { checkGraph } from '../../engine/graph/check.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import { gradient, gradientName } from '../../engine/graph/gradient.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { parametersOf } from '../../engine/graph/graph.ts';
import { lower } from '../../engine/graph/lower.ts';
import type { PrimitiveName } from '../../engine/graph/primitives.ts';
import { primitives } from '../../engine/graph/table.ts';
import type { Value } from '../../engine/graph/value.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Random } from '../../engine/tensor/random.ts';
import type { Case, Operand } from './cases.ts';
import { cases, floats, make } from './cases.ts';
import { expectClose, expectSame } from './close.ts';
import { operatorsOf, parseModel } from './onnx.ts';
import { blockSizes, drawFeeds, llamaBlock } from './programs.ts';
import { randomCases } from './randomCases.ts';
import type { Scenes } from './scenes.ts';
import { drawScenes, onlyOutput, slopeAlong } from './scenes.ts';
import { runGraph } from './session.ts';

/** Operands that a gradient does not flow to: what only lends its shape, angles, and conditions. */
const untouched: Partial<Record<PrimitiveName, readonly number[]>> = {
  broadcastLike: [1],
  reduceLike: [1],
  part: [1, 2, 3],
  rotary: [1, 2],
  where: [0],
};

// These have no derivative, or one that is stated instead of derived; they have tests of their own below.
const flat: readonly PrimitiveName[] = ['less', 'equal', 'toFloat', 'stopGradient', 'largest', 'argMax', 'oneHot'];
const stated: readonly PrimitiveName[] = [...flat, 'step'];
const all = Object.keys(primitives) as PrimitiveName[];
const derived = all.filter((name) => !stated.includes(name));

const DRAWS = 12;

/** The cases that are written down, and as many random ones. */
function casesOf(name: PrimitiveName, random: Random): Case[] {
  const written = cases[name].filter((item) => item.forwardOnly !== true);
  const drawn = Array.from({ length: DRAWS }, () => randomCases[name](random));
  return [...written, ...drawn];
}

function isDifferentiated(name: PrimitiveName, { dtype, as }: Operand, place: number): boolean {
  return dtype === 'float32' && as !== 'constant' && untouched[name]?.includes(place) !== true;
}

/** Operands whose gradients exist, of each scene. */
function wrtOf(name: PrimitiveName, items: readonly Case[], { scenes }: Scenes): string[][] {
  return scenes.map(({ operands }, i) =>
    operands.filter((_, place) => isDifferentiated(name, items[i]?.operands[place] as Operand, place)),
  );
}

/** Inputs with a dynamic axis that turned out to be 1. */
function stretches(feeds: ReadonlyMap<string, Dense>): (input: string) => boolean {
  return (input) => feeds.get(input)?.axes.some(({ size }) => size === 1) === true;
}

function expectSlope(got: Dense, slope: (direction: Float64Array) => number, random: Random, what: string): void {
  const values = Float64Array.from(got.data);
  const direction = values.map(() => random.normal());
  const expected = slope(direction);
  const along = values.reduce((sum, value, j) => sum + value * (direction[j] as number), 0);
  expect(Math.abs(along - expected), `${what}: ${along} and ${expected}`).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
}

describe('every gradient rule, in float64 against central differences and in ONNX Runtime against float64', () => {
  it.each(derived)('%s', async (name) => {
    const random = seededRandom(5);
    const items = casesOf(name, random);
    const drawn = drawScenes(items, random);
    const { graph, feeds, scenes } = drawn;
    const wrt = wrtOf(name, items, drawn);
    expect(wrt.flat().length).toBeGreaterThan(DRAWS);
    const backward = gradient(graph, 'total', wrt.flat());
    checkGraph(backward);
    const results = evaluate(backward, feeds);
    for (const [i, { loss }] of scenes.entries()) {
      for (const operand of wrt[i] ?? []) {
        const got = results.get(gradientName(operand)) as Dense;
        expect(got.axes, operand).toEqual((feeds.get(operand) as Dense).axes);
        expectSlope(got, (v) => slopeAlong(graph, loss, feeds, operand, v), random, `${name} ${operand}`);
      }
    }
    const lean = gradient(graph, 'total', wrt.flat(), { mayStretch: stretches(feeds) });
    for (const [output, value] of evaluate(lean, feeds)) expectSame(results.get(output), value, `${name} ${output}`);
    for (const lowered of [backward, lean]) {
      const run = await runGraph(lowered, feeds);
      for (const [output, value] of results) expectClose(run.get(output), value, `${name} ${output}`, 2e-5, 1);
    }
  });

  it('rows and cases of a primitive that is new are asked for', () => {
    for (const name of all) expect(cases[name].length, name).toBeGreaterThan(0);
    expect(Object.keys(randomCases).sort()).toEqual([...all].sort());
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

  it.each(flat)('%s has none', (name) => {
    const random = seededRandom(6);
    const items = casesOf(name, random);
    const { graph, scenes } = drawScenes(items, random);
    for (const { loss, operands } of scenes) {
      for (const operand of operands)
        expect(() => gradient(graph, loss, [operand])).toThrow(`gradient: ${loss} does not depend on ${operand}`);
    }
  });

  it.each(Object.keys(untouched) as PrimitiveName[])('%s has none for operands that it only looks at', (name) => {
    const random = seededRandom(7);
    const items = Array.from({ length: DRAWS }, () => randomCases[name](random));
    const { graph, scenes } = drawScenes(items, random);
    for (const { loss, operands } of scenes) {
      for (const operand of operands.filter((_, place) => untouched[name]?.includes(place) === true))
        expect(() => gradient(graph, loss, [operand])).toThrow(`gradient: ${loss} does not depend on ${operand}`);
    }
  });

  it('step passes d straight through (Bengio et al. 2013)', async () => {
    await expectStated(
      (g, x) => g.step(x, 'straightThrough'),
      (_, w) => w,
    );
  });

  it.each([0.3, 1, 2.5])(
    'step passes d / %f inside a rectangle of that width (Rajamanoharan et al. 2024)',
    async (width) => {
      await expectStated(
        (g, x) => g.step(x, { rectangleWidth: width }),
        (x, w) => (Math.abs(x) < width / 2 ? w / width : 0),
      );
    },
  );

  it('stopGradient passes its value, and nothing back: x stop(x) has the slope stop(x)', async () => {
    await expectStated(
      (g, x) => g.multiply(x, g.stopGradient(x)),
      (x, w) => x * w,
    );
  });
});

/** The gradient of sum(w f(x)) is this function of each x and w, in float64 and in ONNX Runtime, with x as it is or stretched. */
async function expectStated(
  build: (g: GraphBuilder, x: Value) => Value,
  formula: (x: number, w: number) => number,
): Promise<void> {
  for (const axes of ['B?3 P?4 D5', 'D?1', '']) {
    const random = seededRandom(8);
    const { graph, feeds } = drawScenes([make([floats(axes)], (g, [x]) => build(g, x))], random);
    const backward = gradient(graph, 'total', ['x0.0']);
    const [x, w] = [feeds.get('x0.0') as Dense, feeds.get('weights0') as Dense];
    const expected = dense(
      x.axes,
      x.data.map((value, i) => formula(value, w.data[i] as number)),
    );
    expectSame(evaluate(backward, feeds).get(gradientName('x0.0')), expected, axes);
    expectClose((await runGraph(backward, feeds)).get(gradientName('x0.0')), expected, axes);
  }
}

describe('the gradient of gathered rows', () => {
  it('is bit-equal from run to run, with every id many times and two threads: the sum in the order of the ids', async () => {
    const g = new GraphBuilder('embedding', { V: 7, D: 33 });
    const rows = g.gather(g.parameter('table', 'V D'), g.input('ids', 'B P', 'int64'), 'V');
    g.output('loss', g.sum(g.multiply(rows, g.input('weights', 'B P D')), 'B P D'));
    const graph = onlyOutput(gradient(g.build(), 'loss', ['table']), gradientName('table'));
    const feeds = drawFeeds(graph, { B: 40, P: 50 }, (random) => Math.fround(random.normal()));
    const ids = feeds.get('ids') as Dense;
    ids.data.forEach((id, i) => (ids.data[i] = id % 7));
    const expected = sumInOrder(ids, feeds.get('weights') as Dense, 7);
    for (let run = 0; run < 6; run++) {
      const got = (await runGraph(graph, feeds, { threads: 2 })).get(gradientName('table'));
      expect(got?.data).toEqual(expected);
    }
  });
});

/** Rows added in float32, first id first. */
function sumInOrder(ids: Dense, values: Dense, size: number): Float32Array {
  const width = values.data.length / ids.data.length;
  const sums = new Float32Array(size * width);
  ids.data.forEach((id, i) => {
    for (let j = 0; j < width; j++) {
      const at = id * width + j;
      sums[at] = (sums[at] as number) + (values.data[i * width + j] as number);
    }
  });
  return sums;
}

function nodesOf(graph: Graph) {
  const nodes = parseModel(lower(graph, { storage: () => ({ kind: 'input' }) })).graph?.node ?? [];
  return { nodes, weights: new Set(parametersOf(graph).map(({ name }) => name)) };
}

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
    const backward = gradient(graph, 'loss', wrt);
    const results = evaluate(backward, feeds);
    const random = seededRandom(3);
    for (const name of wrt) {
      const got = results.get(gradientName(name)) as Dense;
      expectSlope(got, (v) => slopeAlong(graph, 'loss', feeds, name, v), random, name);
    }
    const full = gradient(graph, 'loss', wrt, { mayStretch: () => false });
    for (const lowered of [backward, full]) {
      const run = await runGraph(lowered, feeds);
      for (const [output, value] of results) expectClose(run.get(output), value, output);
    }
    const operators = operatorsOf(lower(full, { storage: () => ({ kind: 'input' }) }));
    expect(operators).not.toContain('NonZero');
  });

  it('of a Llama block moves no weight in memory and computes no product of the forward pass that it does not need', () => {
    const g = new GraphBuilder('block', blockSizes);
    const out = llamaBlock(g);
    g.output('loss', g.sum(g.multiply(out, g.input('weights', 'B P D')), 'B P D'));
    const graph = gradient(g.build(), 'loss', ['x'], { mayStretch: () => false });
    const { nodes, weights } = nodesOf(onlyOutput(graph, gradientName('x')));
    const readers = nodes.filter(({ input }) => input.some((name) => weights.has(name)));
    const products = ['MatMul', 'FusedMatMul'];
    expect(new Set(readers.map(({ opType }) => opType))).toEqual(
      new Set([...products, 'Reshape', 'Mul', 'SimplifiedLayerNormalization']),
    );
    // Forward q, k, v, scores, mix, o, gate and up, but not down; backward once for each weight, twice for scores and mix.
    expect(nodes.filter(({ opType }) => products.includes(opType))).toHaveLength(8 + 7 + 4);
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
