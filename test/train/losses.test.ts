import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { crossEntropy, klDivergence, meanSquaredError } from '../../engine/train/losses.ts';
import { runGraph } from '../graph/session.ts';
import { centralDifferences, gradientOf, scalarOf, valuesOf } from './differences.ts';

const random = seededRandom(3);
const draw = (axes: string, count: number) =>
  valuesOf(
    axes,
    Array.from({ length: count }, () => 2 * random.normal()),
  );
const everywhere = (x: Dense) => Array.from(x.data.keys());

/** The graph's gradient against central differences everywhere, and its scalar in ONNX Runtime against float64. */
async function expectRight(graph: Graph, input: string, feeds: ReadonlyMap<string, Dense>): Promise<void> {
  const slopes = centralDifferences(graph, 'loss', input, feeds, everywhere(feeds.get(input) as Dense));
  const exact = gradientOf(graph, 'loss', input, feeds);
  slopes.forEach((slope, i) => expect(exact[i]).toBeCloseTo(slope, 7));
  const inFloat32 = (await runGraph(graph, feeds)).get('loss')?.data[0];
  expect(inFloat32).toBeCloseTo(scalarOf(graph, 'loss', feeds), 5);
}

// log softmax of a row, by the definition.
function logSoftmax(row: readonly number[]): number[] {
  const log = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
  return row.map((x) => x - log);
}

const rowsOf = ({ data }: Dense, width: number) =>
  Array.from({ length: data.length / width }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);

describe('cross entropy', () => {
  const g = new GraphBuilder('loss', { B: 2, P: 3, V: 5 });
  const logits = g.input('logits', 'B P V');
  g.output('loss', crossEntropy(g, logits, g.input('targets', 'B P', 'int64'), g.input('weights', 'B P')));
  const graph = g.build();
  const targets = [4, 0, 2, 1, 1, 3];
  const weights = [1, 0.25, 0, 0.5, 1, 0];
  const feeds = new Map([
    ['logits', draw('B 2 P 3 V 5', 30)],
    ['targets', valuesOf('B 2 P 3', targets)],
    ['weights', valuesOf('B 2 P 3', weights)],
  ]);

  it('is the weighted mean of -log p of the targets', () => {
    const each = rowsOf(feeds.get('logits') as Dense, 5).map((row, i) => -(logSoftmax(row)[targets[i] ?? 0] as number));
    const expected = each.reduce((sum, nats, i) => sum + nats * (weights[i] ?? 0), 0) / 2.75;
    expect(scalarOf(graph, 'loss', feeds)).toBeCloseTo(expected, 12);
  });

  it('is log V where all logits are equal, whatever the weights', () => {
    const flat = new Map([...feeds, ['logits', valuesOf('B 2 P 3 V 5', Array<number>(30).fill(7))]]);
    expect(scalarOf(graph, 'loss', flat)).toBeCloseTo(Math.log(5), 12);
  });

  it('has the gradient of its differences: weight times (p - 1 at the target)', async () => {
    await expectRight(graph, 'logits', feeds);
    const slope = gradientOf(graph, 'loss', 'logits', feeds);
    rowsOf(feeds.get('logits') as Dense, 5).forEach((row, i) =>
      logSoftmax(row).forEach((log, v) => {
        const expected = ((weights[i] ?? 0) / 2.75) * (Math.exp(log) - (targets[i] === v ? 1 : 0));
        expect(slope[5 * i + v]).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('does not overflow at logits of a hundred', async () => {
    const far = valuesOf(
      'B 2 P 3 V 5',
      [...(feeds.get('logits') as Dense).data].map((x) => 100 * x),
    );
    const run = await runGraph(graph, new Map([...feeds, ['logits', far]]));
    expect(Number.isFinite(run.get('loss')?.data[0])).toBe(true);
  });
});

describe('mean squared error', () => {
  const g = new GraphBuilder('loss', { B: 2, D: 3 });
  g.output('loss', meanSquaredError(g, g.input('x', 'B D'), g.input('target', 'B D')));
  const graph = g.build();

  it('is the mean over all axes', () => {
    const feeds = new Map([
      ['x', valuesOf('B 2 D 3', [1, 2, 3, 4, 5, 6])],
      ['target', valuesOf('B 2 D 3', [1, 0, 3, 1, 5, 7])],
    ]);
    expect(scalarOf(graph, 'loss', feeds)).toBeCloseTo((4 + 9 + 1) / 6, 12);
    expect([...gradientOf(graph, 'loss', 'x', feeds)]).toEqual([0, 4 / 6, 0, 1, 0, -2 / 6]);
  });

  it('has the gradient of its differences', async () => {
    const feeds = new Map([
      ['x', draw('B 2 D 3', 6)],
      ['target', draw('B 2 D 3', 6)],
    ]);
    await expectRight(graph, 'x', feeds);
    await expectRight(graph, 'target', feeds);
  });
});

describe('KL divergence', () => {
  const g = new GraphBuilder('loss', { B: 2, P: 2, V: 4 });
  g.output('loss', klDivergence(g, g.input('from', 'B P V'), g.input('to', 'B P V')));
  const graph = g.build();
  const feeds = new Map([
    ['from', draw('B 2 P 2 V 4', 16)],
    ['to', draw('B 2 P 2 V 4', 16)],
  ]);

  it('is the mean over rows and positions of sum p (log p - log q)', () => {
    const [from, to] = ['from', 'to'].map((name) => rowsOf(feeds.get(name) as Dense, 4).map(logSoftmax));
    const each = (from ?? []).map((logP, i) =>
      logP.reduce((sum, x, v) => sum + Math.exp(x) * (x - (to?.[i]?.[v] ?? NaN)), 0),
    );
    expect(scalarOf(graph, 'loss', feeds)).toBeCloseTo(each.reduce((sum, nats) => sum + nats, 0) / 4, 12);
  });

  it('is 0 for equal logits, up to a constant of each row', () => {
    const moved = valuesOf(
      'B 2 P 2 V 4',
      Array.from((feeds.get('from') as Dense).data, (x, i) => x + Math.floor(i / 4)),
    );
    expect(scalarOf(graph, 'loss', new Map([...feeds, ['to', moved]]))).toBeCloseTo(0, 12);
  });

  it('has the gradient of its differences in what is trained, and none in what it is aimed at', async () => {
    await expectRight(graph, 'to', feeds);
    expect(() => gradientOf(graph, 'loss', 'from', feeds)).toThrow('does not depend on from');
  });

  it('is a scalar of one distribution too', () => {
    const one = new GraphBuilder('loss', { V: 2 });
    one.output('loss', klDivergence(one, one.input('from', 'V'), one.input('to', 'V')));
    const single = new Map([
      ['from', valuesOf('V 2', [Math.log(3), 0])],
      ['to', valuesOf('V 2', [0, 0])],
    ]);
    // p = (3/4, 1/4), q = (1/2, 1/2)
    const expected = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    expect(scalarOf(one.build(), 'loss', single)).toBeCloseTo(expected, 12);
  });
});
