/** Clipping and AdamW as graphs, step by step against PyTorch (fixtures/make/adamW.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { AdamWSettings } from '../../engine/train/adamW.ts';
import { adamW, biasCorrection, clipFactor, decays, gradientNorm } from '../../engine/train/adamW.ts';
import { runGraph } from '../graph/session.ts';
import { valuesOf } from './differences.ts';

interface Two<T> {
  readonly matrix: T;
  readonly bias: T;
}

interface Golden {
  readonly settings: AdamWSettings;
  readonly start: Two<number[][] | number[]>;
  readonly steps: readonly {
    readonly rate: number;
    readonly gradients: Two<number[][] | number[]>;
    readonly norm: number;
    readonly weights: Two<number[][] | number[]>;
  }[];
}

const golden = JSON.parse(readFileSync('fixtures/train/adamW.json', 'utf8')) as Golden;
const axes: Two<string> = { matrix: 'D 4 M 3', bias: 'M 3' };
const names = ['matrix', 'bias'] as const;

function stepGraph(settings: AdamWSettings): Graph {
  const g = new GraphBuilder('step', { D: 4, M: 3 });
  const scalars = {
    learningRate: g.input('rate', ''),
    firstCorrection: g.input('c1', ''),
    secondCorrection: g.input('c2', ''),
  };
  const of = (kind: string) => (name: (typeof names)[number]) =>
    g.input(`${kind}.${name}`, name === 'matrix' ? 'D M' : 'M');
  const gradients = names.map(of('gradient'));
  const norm = gradientNorm(g, gradients);
  g.output('norm', norm);
  const factor = clipFactor(g, norm, settings.clip ?? Infinity);
  names.forEach((name, i) => {
    const weight = of('weight')(name);
    const gradient = g.multiply(gradients[i] as (typeof gradients)[number], factor);
    const moments = { weight, gradient, first: of('first')(name), second: of('second')(name) };
    const updated = adamW(g, moments, scalars, settings, decays(name === 'matrix' ? {} : { start: 0 }));
    for (const kind of ['weight', 'first', 'second'] as const) g.output(`next.${kind}.${name}`, updated[kind]);
  });
  return g.build();
}

type Values = ReadonlyMap<string, Dense>;

/** Runs the golden's steps, each on what the one before gave; the largest difference from it. */
async function furthest(run: (graph: Graph, feeds: Values) => Promise<Values> | Values): Promise<number> {
  const graph = stepGraph(golden.settings);
  const [beta1, beta2] = golden.settings.betas;
  const stored = (kind: string, values: Two<number[][] | number[]>) =>
    names.map((name) => [`${kind}.${name}`, valuesOf(axes[name], values[name].flat())] as const);
  const zeros = { matrix: Array<number>(12).fill(0), bias: [0, 0, 0] };
  let state: Values = new Map([
    ...stored('weight', golden.start),
    ...stored('first', zeros),
    ...stored('second', zeros),
  ]);
  let most = 0;
  const compare = (got: number, expected: number) => (most = Math.max(most, Math.abs(got - expected)));
  for (const [i, { rate, gradients, norm, weights }] of golden.steps.entries()) {
    const scalars = [
      ['rate', valuesOf('', [rate])],
      ['c1', valuesOf('', [biasCorrection(beta1, i + 1)])],
      ['c2', valuesOf('', [biasCorrection(beta2, i + 1)])],
    ] as const;
    const next = await run(graph, new Map([...state, ...stored('gradient', gradients), ...scalars]));
    // Of its own size: lengths go up to 67.
    compare((next.get('norm')?.data[0] ?? NaN) / norm, 1);
    for (const name of names) {
      weights[name].flat().forEach((value, at) => compare(next.get(`next.weight.${name}`)?.data[at] ?? NaN, value));
    }
    state = new Map([...next].map(([name, value]) => [name.replace(/^next\./, ''), value] as const));
  }
  return most;
}

describe('clipping and AdamW', () => {
  it('take the steps of PyTorch in float64', async () => {
    expect(await furthest(evaluate)).toBeLessThan(1e-14);
  });

  it('take them in ONNX Runtime, up to the rounding of float32', async () => {
    const inFloat32 = async (graph: Graph, feeds: Values) => {
      const results = await runGraph(graph, feeds);
      return new Map(
        [...graph.outputs].map(([name, { type }]) => [
          name,
          dense(
            type.axes.map(({ axis, size }) => ({ axis, size: Number(size) })),
            Float64Array.from(results.get(name)?.data as Float32Array),
          ),
        ]),
      );
    };
    expect(await furthest(inFloat32)).toBeLessThan(5e-7);
  });

  it('are tested where the gradient is clipped and where it is not', () => {
    const clipped = golden.steps.map(({ norm }) => norm > (golden.settings.clip ?? 0));
    expect(clipped).toEqual([false, true, true, false, true]);
  });

  it('correct the first step to the gradient itself', () => {
    expect((1 - 0.9) * biasCorrection(0.9, 1)).toBeCloseTo(1, 12);
    expect(biasCorrection(0.98, 10_000)).toBe(1);
  });
});
