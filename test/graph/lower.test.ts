import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import { evaluate } from '../../engine/graph/evaluate.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { ParameterStorage } from '../../engine/graph/lower.ts';
import { lower } from '../../engine/graph/lower.ts';
import type { Value } from '../../engine/graph/value.ts';
import { expectClose } from './close.ts';
import { blockSizes, drawFeeds, llamaBlock, rms } from './programs.ts';
import { operatorsOf, parseModel, savedOperators } from './onnx.ts';
import { openSession, runGraph } from './session.ts';
import { eighths, WeightFile } from './weights.ts';

const sizes = blockSizes;
const external: ParameterStorage = { kind: 'external', type: 'F32', location: 'weights.bin', offset: 0, length: 4 };

function graphOf(build: (g: GraphBuilder) => Value): Graph {
  const g = new GraphBuilder('program', sizes);
  g.output('out', build(g));
  return g.build();
}

function operators(build: (g: GraphBuilder) => Value): string[] {
  return operatorsOf(lower(graphOf(build), { storage: () => external }));
}

function layerNorm(g: GraphBuilder, x: Value, name: string): Value {
  const centred = g.subtract(x, g.mean(x, 'D'));
  const unit = g.divide(centred, g.sqrt(g.add(g.mean(g.multiply(centred, centred), 'D'), 1e-5)));
  return g.add(g.multiply(unit, g.parameter(`${name}.weight`, 'D')), g.parameter(`${name}.bias`, 'D'));
}

function gelu(g: GraphBuilder, x: Value): Value {
  return g.multiply(g.multiply(x, 0.5), g.add(1, g.erf(g.divide(x, Math.SQRT2))));
}

function geluTanh(g: GraphBuilder, x: Value): Value {
  const inner = g.multiply(g.add(x, g.multiply(g.power(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
  return g.multiply(g.multiply(x, 0.5), g.add(g.tanh(inner), 1));
}

function storeAll(graph: Graph, feeds: ReadonlyMap<string, Dense>, type: 'F32' | 'F16' | 'BF16' | 'F64') {
  const file = new WeightFile();
  const storages = new Map<string, ParameterStorage>();
  for (const definition of graph.definitions) {
    if (definition.kind === 'parameter')
      storages.set(definition.name, file.appendFloats(feeds.get(definition.name) as Dense, type));
  }
  return { file, storage: (name: string) => storages.get(name) as ParameterStorage };
}

async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'headscope-graph-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is left of a graph after ONNX Runtime's own rewriting, weights stored as `type`. */
async function operatorsAfterRuntime(graph: Graph, type: 'F32' | 'F16' = 'F32'): Promise<string[]> {
  const { file, storage } = storeAll(graph, drawFeeds(graph, { B: 1, P: 1, K: 1, T: 0 }, eighths), type);
  return withTemporaryFolder((saved) =>
    file.inFolder(async (folder) => {
      const optimizedModelFilePath = join(saved, 'optimized.onnx');
      const session = await openSession(lower(graph, { storage }), { folder, optimizedModelFilePath });
      await session.release();
      return savedOperators(optimizedModelFilePath);
    }),
  );
}

describe('products with weights', () => {
  it('are one node, whichever way round the weight is stored', () => {
    expect(operators((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'M D'), 'B P M'))).toEqual([
      'FusedMatMul',
    ]);
    expect(operators((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'D M'), 'B P M'))).toEqual(['MatMul']);
  });

  it('flatten several axes with one Reshape of the activation and none of the weight', () => {
    expect(operators((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'N H D'), 'B P N H'))).toEqual([
      'FusedMatMul',
      'Reshape',
    ]);
    expect(operators((g) => g.contract(g.input('z', 'B P N H'), g.parameter('w', 'D N H'), 'B P D'))).toEqual([
      'Reshape',
      'FusedMatMul',
    ]);
    expect(
      operators((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'D C N H', { C: 3 }), 'B P C N H')),
    ).toEqual(['MatMul', 'Reshape']);
  });

  it('take biases, splits, merges and renames without another Reshape', () => {
    const built = operators((g) => {
      const q = g.add(
        g.contract(g.input('x', 'B P D'), g.parameter('w', 'N H D'), 'B P N H'),
        g.parameter('bias', 'N H'),
      );
      const grouped = g.rename(g.split(q, 'N', 'G R'), 'G', 'F');
      return g.contract(g.merge(grouped, 'F R H', 'M'), g.parameter('out', 'D M', { M: 24 }), 'B P D');
    });
    expect(built).toEqual(['FusedMatMul', 'Add', 'FusedMatMul']);
  });

  it('turn a weight only where its summed axes lie in its middle, once, when the session is made', async () => {
    const graph = graphOf((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'N D H'), 'B P N H'));
    expect(operatorsOf(lower(graph, { storage: () => external }))).toContain('Transpose');
    expect(await operatorsAfterRuntime(graph)).toEqual(['MatMul', 'Reshape']);
  });

  it('take a number that the operand is multiplied with as their alpha', () => {
    const built = operators((g) =>
      g.contract(g.multiply(g.input('q', 'B N P H'), 0.125), g.input('k', 'B N K H'), 'B N P K'),
    );
    expect(built).toEqual(['FusedMatMul']);
  });
});

describe('a Llama block', () => {
  it('has no Transpose of a weight, one rotary node for queries and one for keys, and two passes between scores and pattern', () => {
    const built = operators(llamaBlock);
    expect(built.filter((name) => name === 'Transpose')).toHaveLength(4);
    expect(built.filter((name) => name === 'RotaryEmbedding')).toHaveLength(2);
    expect(built.filter((name) => name === 'SimplifiedLayerNormalization')).toHaveLength(2);
    expect(built.slice(built.indexOf('Softmax') - 1, built.indexOf('Softmax') + 1)).toEqual(['Add', 'Softmax']);
    expect(built).not.toContain('Shape');
  });

  it.each(['F32', 'F16', 'BF16', 'F64'] as const)(
    'gives the reference numbers from %s weights in a file',
    async (type) => {
      const graph = graphOf(llamaBlock);
      const feeds = drawFeeds(graph, { B: 2, P: 3, T: 4, K: 7 }, eighths);
      const { file, storage } = storeAll(graph, feeds, type);
      const results = await file.inFolder((folder) => runGraph(graph, feeds, { storage, folder }));
      for (const [name, value] of evaluate(graph, feeds)) expectClose(results.get(name), value, name);
    },
  );

  it('runs one token without a cache', async () => {
    const graph = graphOf(llamaBlock);
    const feeds = drawFeeds(graph, { B: 1, P: 1, T: 0, K: 1 });
    const results = await runGraph(graph, feeds);
    for (const [name, value] of evaluate(graph, feeds)) expectClose(results.get(name), value, name);
  });
});

describe('norms and activations', () => {
  const x = (g: GraphBuilder) => g.input('x', 'B P D');
  const expressions: readonly (readonly [string, (g: GraphBuilder) => Value, readonly string[]])[] = [
    ['an RMS norm', (g) => rms(g, x(g), 'w'), ['SimplifiedLayerNormalization']],
    ['a layer norm', (g) => layerNorm(g, x(g), 'n'), ['LayerNormalization']],
    [
      'a layer norm without weights',
      (g) => {
        const c = g.subtract(x(g), g.mean(x(g), 'D'));
        return g.divide(c, g.sqrt(g.add(g.mean(g.power(c, 2), 'D'), 1e-5)));
      },
      ['LayerNormalization'],
    ],
    ['GELU', (g) => gelu(g, x(g)), ['Gelu']],
    ['tanh GELU', (g) => geluTanh(g, x(g)), ['FastGelu']],
    ['SiLU', (g) => g.multiply(x(g), g.sigmoid(x(g))), ['QuickGelu']],
    ['quick GELU', (g) => g.multiply(g.sigmoid(g.multiply(x(g), 1.702)), x(g)), ['QuickGelu']],
    [
      'a norm over a head',
      (g) => {
        const q = g.contract(x(g), g.parameter('q', 'N H D'), 'B P N H');
        const root = g.sqrt(g.add(g.mean(g.power(q, 2), 'H'), 1e-6));
        return g.multiply(g.divide(q, root), g.parameter('w', 'H'));
      },
      ['FusedMatMul', 'Reshape', 'SimplifiedLayerNormalization'],
    ],
    [
      'a norm over all heads',
      (g) => {
        const q = g.contract(x(g), g.parameter('q', 'N H D'), 'B P N H');
        const root = g.sqrt(g.add(g.mean(g.power(q, 2), 'N H'), 1e-6));
        return g.multiply(g.divide(q, root), g.parameter('w', 'N H'));
      },
      ['FusedMatMul', 'SimplifiedLayerNormalization', 'Reshape'],
    ],
    [
      'a norm whose weight differs by head',
      (g) => {
        const q = g.contract(x(g), g.parameter('q', 'N H D'), 'B P N H');
        const root = g.sqrt(g.add(g.mean(g.power(q, 2), 'H'), 1e-6));
        return g.multiply(g.divide(q, root), g.parameter('w', 'N H'));
      },
      ['FusedMatMul', 'Reshape', 'SimplifiedLayerNormalization', 'Mul'],
    ],
  ];
  it.each(expressions)('%s is one kernel and gives the reference numbers', async (_, build, expected) => {
    const graph = graphOf(build);
    expect(operatorsOf(lower(graph, { storage: () => external }))).toEqual(expected);
    const feeds = drawFeeds(graph, { B: 2, P: 3 });
    for (const [name, value] of evaluate(graph, feeds))
      expectClose((await runGraph(graph, feeds)).get(name), value, name);
  });

  it('are left as written where the expression is another one', () => {
    const cubed = operators((g) => {
      const root = g.sqrt(g.add(g.mean(g.power(x(g), 4), 'D'), 1e-5));
      return g.divide(x(g), root);
    });
    expect(cubed).not.toContain('SimplifiedLayerNormalization');
    const other = operators((g) => g.multiply(g.multiply(x(g), 0.5), g.add(1, g.erf(g.divide(x(g), 1.5)))));
    expect(other).not.toContain('Gelu');
  });

  it('give the reference numbers where the mean is over other axes than the variance, an axis is dynamic, or a weight is stretched', async () => {
    const unit = (g: GraphBuilder, centre: string, spread: string) => {
      const centred = g.subtract(x(g), g.mean(x(g), centre));
      return g.divide(centred, g.sqrt(g.add(g.mean(g.power(centred, 2), spread), 1e-5)));
    };
    const builds = [
      (g: GraphBuilder) => unit(g, 'P', 'D'),
      (g: GraphBuilder) => unit(g, 'P', 'P'),
      (g: GraphBuilder) => g.multiply(unit(g, 'D', 'D'), g.parameter('one', 'D', { D: 1 })),
    ];
    for (const build of builds) {
      const graph = graphOf(build);
      const feeds = drawFeeds(graph, { B: 2, P: 3 });
      const results = await runGraph(graph, feeds);
      for (const [name, value] of evaluate(graph, feeds)) expectClose(results.get(name), value, name);
    }
  });

  it('keep a part of the expression that is an output too', async () => {
    const g = new GraphBuilder('parts', sizes);
    const root = g.sqrt(g.add(g.mean(g.power(x(g), 2), 'D'), 1e-5));
    g.output('root', root);
    g.output('norm', g.divide(x(g), root));
    const graph = g.build();
    const feeds = drawFeeds(graph, { B: 2, P: 3 });
    const results = await runGraph(graph, feeds);
    for (const [name, value] of evaluate(graph, feeds)) expectClose(results.get(name), value, name);
  });

  it('are joined with a bias before them by ONNX Runtime', async () => {
    const biased = (act: (g: GraphBuilder, x: Value) => Value) =>
      graphOf((g) => {
        const pre = g.add(g.contract(x(g), g.parameter('w', 'D M'), 'B P M'), g.parameter('b', 'M'));
        return g.contract(act(g, pre), g.parameter('out', 'M D'), 'B P D');
      });
    expect(await operatorsAfterRuntime(biased(gelu))).toEqual(['MatMul', 'BiasGelu', 'MatMul']);
    expect(await operatorsAfterRuntime(biased(geluTanh))).toEqual(['MatMul', 'FastGelu', 'MatMul']);
  });
});

describe('16-bit weights', () => {
  it('of products are converted once, when the session is made', async () => {
    expect(
      await operatorsAfterRuntime(
        graphOf((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'M D'), 'B P M')),
        'F16',
      ),
    ).toEqual(['FusedMatMul']);
  });

  it('of a table are converted row by row, as they are gathered', async () => {
    expect(
      await operatorsAfterRuntime(
        graphOf((g) => g.gather(g.parameter('w', 'V D'), g.input('ids', 'B P', 'int64'), 'V')),
        'F16',
      ),
    ).toEqual(['Gather', 'Cast']);
  });
});

describe('the border of a program', () => {
  it('has exactly the axes of the graph, parameters that are inputs after the inputs', () => {
    const graph = graphOf((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'M D'), 'B P M'));
    const program = lower(graph, { storage: () => ({ kind: 'input' }) });
    expect(program.inputs.map(({ name, axes }) => [name, axes.map(({ axis }) => axis).join(' ')])).toEqual([
      ['x', 'B P D'],
      ['w', 'M D'],
    ]);
    expect(program.outputs).toEqual([
      {
        name: 'out',
        dtype: 'float32',
        axes: [
          { axis: 'B', size: 'dynamic' },
          { axis: 'P', size: 'dynamic' },
          { axis: 'M', size: 48 },
        ],
      },
    ]);
  });

  it('refuses bool', () => {
    expect(() =>
      lower(
        graphOf((g) => g.less(g.input('x', 'B'), 0)),
        { storage: () => external },
      ),
    ).toThrow('out: expected float32 or int64 at the border, got bool');
  });

  it('names one tensor twice, an input and a constant as outputs', async () => {
    const g = new GraphBuilder('border', sizes);
    const x = g.input('x', 'B D');
    const twice = g.add(x, x);
    for (const name of ['first', 'second']) g.output(name, twice);
    g.output('same', x);
    g.output('constant', g.constant([1, 2], 'C', { C: 2 }));
    g.output('scaled', g.multiply(twice, 3));
    g.output('after', g.negate(twice));
    const graph = g.build();
    const feeds = drawFeeds(graph, { B: 2 });
    const results = await runGraph(graph, feeds);
    for (const [name, value] of evaluate(graph, feeds)) expectClose(results.get(name), value, name);
  });

  it('leaves out what no output needs', () => {
    const g = new GraphBuilder('lazy', sizes);
    g.exp(g.input('x', 'B'));
    g.output('out', g.negate(g.input('x', 'B')));
    expect(operatorsOf(lower(g.build(), { storage: () => external }))).toEqual(['Neg']);
  });

  it('points at bytes of a file for each weight', () => {
    const graph = graphOf((g) => g.contract(g.input('x', 'B P D'), g.parameter('w', 'N H D'), 'B P N H'));
    const storage = () =>
      ({ kind: 'external', type: 'F32', location: 'model.safetensors', offset: 4096, length: 2304 }) as const;
    const [weight] = (parseModel(lower(graph, { storage })).graph?.initializer ?? []).filter(
      ({ externalData }) => externalData.length > 0,
    );
    expect(weight?.dims.map(Number)).toEqual([24, 24]);
    expect(weight?.externalData.map(({ key, value }) => `${key}=${value}`)).toEqual([
      'location=model.safetensors',
      'offset=4096',
      'length=2304',
    ]);
  });
});
