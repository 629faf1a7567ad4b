/** A narrowed block (some queries, keys from the whole stream) gives what the whole block gives at those queries. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config, Family } from '../../engine/arch/architecture.ts';
import { familyOf } from '../../engine/arch/index.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { inputsOf, parametersOf } from '../../engine/graph/graph.ts';
import type { ValueType } from '../../engine/graph/value.ts';
import { partGraph } from '../../engine/run/program.ts';
import { noTaps } from '../../engine/run/taps.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Tensor, TensorData } from '../../engine/tensor/tensor.ts';
import { goldenFolders, goldenPath } from './golden.ts';

const LENGTH = 4;
// The queries that the narrowed block computes.
const QUERIES = [1, 3];

type Feeds = Map<string, Tensor<TensorData>>;

function shaped(
  type: ValueType,
  sizes: Readonly<Record<string, number>>,
  fill: (index: number) => number,
): Tensor<Float64Array> {
  const axes = type.axes.map(({ axis, size }) => ({ axis, size: size === 'dynamic' ? (sizes[axis] ?? 1) : size }));
  const length = axes.reduce((product, { size }) => product * size, 1);
  return { axes, data: Float64Array.from({ length }, (_, index) => fill(index)) };
}

/** Rows `positions` of axis `from` (the second of three), under the letter `to`. */
function rows(x: Tensor<Float64Array>, positions: readonly number[]): Tensor<Float64Array> {
  const [batch, along, ...rest] = x.axes;
  if (batch?.size !== 1 || along === undefined) throw new RangeError('expected one batch row');
  const width = rest.reduce((product, { size }) => product * size, 1);
  const data = Float64Array.from(positions.flatMap((p) => [...x.data.subarray(p * width, (p + 1) * width)]));
  return { axes: [batch, { axis: along.axis, size: positions.length }, ...rest], data };
}

function renamed(x: Tensor<Float64Array>, axes: readonly ('B' | 'P' | 'T' | 'K' | 'D' | 'J')[]): Tensor<Float64Array> {
  return { ...x, axes: x.axes.map(({ size }, i) => ({ axis: axes[i] ?? 'B', size })) };
}

/** Feeds of the whole block; every weight random, the same for both blocks. */
function wholeFeeds(graph: Graph): Feeds {
  const random = seededRandom(7);
  const sizes = { B: 1, P: LENGTH, K: LENGTH, T: 0 };
  const hides = (index: number) => (index % LENGTH > Math.floor(index / LENGTH) ? -3e38 : 0);
  const value = (name: string, type: ValueType) => {
    if (name === 'mask') return shaped(type, sizes, hides);
    if (name === 'positions' || name === 'keyPositions') return shaped(type, sizes, (index) => index);
    return shaped(type, sizes, () => random.normal());
  };
  return new Map(
    [...inputsOf(graph), ...parametersOf(graph)].map(({ name, type }) => [name, value(name, type)] as const),
  );
}

function narrowFeeds(whole: Feeds): Feeds {
  const feeds = new Map(whole);
  const of = (name: string) => whole.get(name) as Tensor<Float64Array> | undefined;
  const add = (name: string, x: Tensor<Float64Array> | undefined) => x !== undefined && feeds.set(name, x);
  const stream = of('residPre');
  const [cos, sin, positions, mask] = ['cos', 'sin', 'positions', 'mask'].map(of);
  add('keyStream', stream && renamed(stream, ['B', 'T', 'D']));
  add('keyCos', cos && renamed(cos, ['B', 'T', 'J']));
  add('keySin', sin && renamed(sin, ['B', 'T', 'J']));
  add('streamPositions', positions && renamed(positions, ['B', 'T']));
  for (const [name, x] of Object.entries({ residPre: stream, cos, sin, positions, mask }))
    add(name, x && rows(x, QUERIES));
  return feeds;
}

function differenceIn(family: Family, layer: number): number {
  const whole = partGraph(family, { kind: 'block', layer, narrow: false }, noTaps);
  const narrow = partGraph(family, { kind: 'block', layer, narrow: true }, noTaps);
  const feeds = wholeFeeds(whole);
  const expected = rows(evaluate(whole, feeds).get('stream') as Tensor<Float64Array>, QUERIES).data;
  const got = (evaluate(narrow, narrowFeeds(feeds)).get('stream') as Tensor<Float64Array>).data;
  expect(got.length).toBe(expected.length);
  return expected.reduce((most, x, i) => Math.max(most, Math.abs(x - (got[i] ?? NaN))), 0);
}

describe('a narrowed block', () => {
  it.each(goldenFolders)('of %s is the whole block at its queries', (folder) => {
    const { family } = familyOf(JSON.parse(readFileSync(join(goldenPath(folder), 'config.json'), 'utf8')) as Config);
    for (let layer = 0; layer < family.shape.layers; layer++) expect(differenceIn(family, layer)).toBeLessThan(1e-9);
  });
});
