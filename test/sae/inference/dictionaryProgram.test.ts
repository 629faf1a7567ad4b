import { describe, expect, it } from 'vitest';
import type { Dense } from '../../../engine/graph/dense.ts';
import { evaluate } from '../../../engine/graph/evaluate.ts';
import type { Definition } from '../../../engine/graph/graph.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { Dictionary, Encoder, WeightName } from '../../../sae/dictionary.ts';
import { weightLength, weightNames } from '../../../sae/dictionary.ts';
import { dictionaryGraph, DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import type { Rows } from '../../../sae/rows.ts';
import { lossGraph } from '../../../sae/training/lossGraph.ts';
import { variants } from '../../../sae/variants/index.ts';
import { headInput } from '../jobs.ts';
import { drawFeeds, planOf } from '../plans.ts';

const [width, features] = [4, 6];
const encoders: readonly Encoder[] = [
  { kind: 'relu' },
  { kind: 'gated' },
  { kind: 'topK', k: 2 },
  { kind: 'jumpReLU' },
  { kind: 'matchingPursuit', steps: 3, residualThreshold: 0.5, stopsOnRepeat: true },
  { kind: 'nearest' },
  { kind: 'onePerGroup', groups: [2, 4] },
  { kind: 'linear' },
];

function drawn(encoder: Encoder, input: Partial<DictionaryInput> = {}): Dictionary {
  const random = seededRandom(3);
  const value = (name: WeightName) => (name === 'threshold' ? () => 0.3 : () => random.normal());
  const weights = weightNames(encoder).map((name) => {
    const draw = value(name);
    return [name, Float32Array.from({ length: weightLength(name, { width, features }) }, draw)] as const;
  });
  return {
    width,
    features,
    encoder,
    weights: new Map(weights),
    input: { ...headInput, ...input },
    origin: { made: 'imported', by: 'test', settings: {}, seed: null, steps: null, samples: null, text: null },
    model: null,
    density: null,
    labels: new Map(),
  };
}

function drawnRows(count: number): Rows {
  const random = seededRandom(4);
  return { width, data: Float32Array.from({ length: count * width }, () => random.normal()) };
}

/** Codes of one row, read from the definition of each encoder. */
function codesByHand({ encoder, weights, input }: Dictionary, x: readonly number[]): number[] {
  const w = (name: WeightName) => weights.get(name) as Float32Array;
  const c = x.map((value, d) => value - (input.subtractsBias ? (w('b_dec')[d] as number) : 0));
  const each = (f: (i: number) => number) => Array.from({ length: features }, (_, i) => f(i));
  const row = (i: number) => [...w('W_dec').subarray(i * width, (i + 1) * width)];
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
  const u = () =>
    each((i) =>
      dot(
        c,
        c.map((_, d) => w('W_enc')[d * features + i] as number),
      ),
    );
  const p = () => u().map((value, i) => value + (w('b_enc')[i] as number));
  switch (encoder.kind) {
    case 'relu':
      return p().map((value) => Math.max(value, 0));
    case 'linear':
      return p();
    case 'topK': {
      const least = p().toSorted((a, b) => b - a)[encoder.k - 1] as number;
      return p().map((value) => (value >= least ? Math.max(value, 0) : 0));
    }
    case 'jumpReLU':
      return p().map((value) => (value > 0.3 ? value : 0));
    case 'gated':
      return u().map((value, i) => {
        const magnitude = value * Math.exp(w('r_mag')[i] as number) + (w('b_mag')[i] as number);
        return value + (w('b_gate')[i] as number) > 0 ? Math.max(magnitude, 0) : 0;
      });
    case 'nearest': {
      const distances = each((i) => Math.hypot(...row(i).map((value, d) => value - (c[d] as number))));
      return each((i) => Number(i === distances.indexOf(Math.min(...distances))));
    }
    case 'onePerGroup': {
      let from = 0;
      return encoder.groups.flatMap((size) => {
        const part = p().slice(from, (from += size));
        return part.map((_, i) => Number(i === part.indexOf(Math.max(...part))));
      });
    }
    case 'matchingPursuit': {
      const f = each(() => 0);
      let r = c;
      for (let step = 0; step < encoder.steps; step++) {
        const scores = each((i) => dot(r, row(i)));
        const j = scores.indexOf(Math.max(...scores));
        const s = scores[j] as number;
        if (s <= 0) break;
        const isRepeat = f[j] !== 0;
        f[j] = (f[j] as number) + s;
        r = r.map((value, d) => value - s * (row(j)[d] as number));
        if (isRepeat || Math.hypot(...r) < encoder.residualThreshold) break;
      }
      return f;
    }
  }
}

describe('a dictionary in use', () => {
  it.each(encoders.map((encoder) => [encoder.kind, encoder] as const))(
    '%s gives the codes of its definition',
    async (_, encoder) => {
      for (const subtractsBias of [true, false]) {
        const dictionary = drawn(encoder, { subtractsBias });
        const rows = drawnRows(20);
        const program = await DictionaryProgram.create(dictionary);
        const { codes, reconstruction } = await program.encode(rows);
        await program.release();
        for (let b = 0; b < 20; b++) {
          const expected = codesByHand(dictionary, [...rows.data.subarray(b * width, (b + 1) * width)]);
          const got = expected.map(() => 0);
          for (let at = codes.starts[b] as number; at < (codes.starts[b + 1] as number); at++)
            got[codes.indices[at] as number] = codes.values[at] as number;
          got.forEach((value, i) => expect(value, `row ${b}, feature ${i}`).toBeCloseTo(expected[i] as number, 4));
          for (let d = 0; d < width; d++) {
            const written = expected.reduce(
              (sum, f, i) => sum + f * (dictionary.weights.get('W_dec')?.[i * width + d] as number),
              dictionary.weights.get('b_dec')?.[d] as number,
            );
            expect(reconstruction.data[b * width + d]).toBeCloseTo(written, 4);
          }
        }
      }
    },
  );

  it('undoes scale and normalisation, row by row', async () => {
    const rows = drawnRows(5);
    // Rows that the identity reconstructs, whatever is done to them before.
    const identity = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
    const weights = new Map([
      ['W_enc', identity],
      ['b_enc', new Float32Array(width)],
      ['W_dec', identity],
      ['b_dec', new Float32Array(width)],
    ] as const);
    for (const normalisation of ['none', 'constantNorm', 'layerNorm'] as const) {
      const dictionary = { ...drawn({ kind: 'linear' }, { scale: 3, normalisation }), features: width, weights };
      const program = await DictionaryProgram.create(dictionary);
      const { codes, reconstruction } = await program.encode(rows);
      await program.release();
      reconstruction.data.forEach((value, i) => expect(value).toBeCloseTo(rows.data[i] as number, 5));
      const first = [...codes.values.subarray(0, width)];
      const length = Math.hypot(...first);
      if (normalisation === 'none') expect(first[0]).toBeCloseTo(3 * (rows.data[0] as number), 5);
      else expect(length).toBeCloseTo(2, 5);
      if (normalisation === 'layerNorm') expect(first.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
    }
  });

  it('refuses rows that are not finite', async () => {
    const program = await DictionaryProgram.create(drawn({ kind: 'relu' }));
    const rows = { width, data: new Float32Array(8).fill(Infinity) };
    await expect(program.encode(rows)).rejects.toThrow(
      'activations that are not finite: got Infinity at row 0, entry 0',
    );
    await program.release();
  });
});

describe('what is trained and what is used give the same codes', () => {
  // Over a batch a threshold selects on average only: at the batch's own smallest kept value it selects the same.
  it.each(variants.map(({ id }) => id))('%s', (id) => {
    const plan = planOf(id);
    const { graph, tracked } = lossGraph(plan);
    const { codes } = codesValue(graph);
    const feeds = drawFeeds(graph, plan, seededRandom(5));
    const results = evaluate({ ...graph, outputs: new Map([...graph.outputs, ['codes', codes]]) }, feeds);
    const read = (name: string) => Float32Array.from((results.get(name) as Dense).data);
    const trained = {
      weights: new Map([...feeds].map(([name, { data }]) => [name, Float32Array.from(data)] as const)),
      tracked: new Map(tracked.map((name) => [name, (read(`tracked.${name}`)[0] as number) * (1 - 1e-6)] as const)),
    };
    const { encoder, weights } = plan.variant.inference(trained, plan.size, plan.settings);
    const used = dictionaryGraph({ ...plan.size, encoder, input: headInput });
    const given = new Map([...weights].map(([name, data]) => [name, { axes: axesOf(name), data }] as const));
    const inUse = evaluate(used, new Map([...given, ['x', feeds.get('x') as Dense]]));
    read('codes').forEach((value, i) => expect(inUse.get('codes')?.data[i]).toBeCloseTo(value, 5));
    read('reconstruction').forEach((value, i) => expect(inUse.get('reconstruction')?.data[i]).toBeCloseTo(value, 4));

    function axesOf(name: WeightName) {
      const sizes: Readonly<Record<string, number>> = { D: plan.size.width, F: plan.size.features };
      const letters = { W_enc: 'DF', W_dec: 'FD', b_dec: 'D' }[name as string] ?? 'F';
      return [...letters].map((axis) => ({ axis: axis as 'D' | 'F', size: sizes[axis] as number }));
    }
  });
});

/** The codes within a loss's graph: what `fired` counts. */
function codesValue(graph: ReturnType<typeof lossGraph>['graph']) {
  const operand = (id: number, place: number) => {
    const definition = graph.definitions[id];
    if (definition?.kind !== 'operation') throw new RangeError('expected an operation');
    return definition.inputs[place] as number;
  };
  const fired = graph.outputs.get('fired')?.id as number;
  const id = operand(operand(operand(fired, 0), 0), 1);
  return { codes: { id, type: (graph.definitions[id] as Definition).type } };
}
