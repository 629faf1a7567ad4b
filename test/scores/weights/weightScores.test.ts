import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { relabel } from '../../../engine/scores/weights/arrange.ts';
import { eigenCopying, throughTokens } from '../../../engine/scores/weights/eigenCopying.ts';
import type { HeadMatrices } from '../../../engine/scores/weights/headMatrices.ts';
import { groupSize, readHeadMatrices } from '../../../engine/scores/weights/headMatrices.ts';
import type { ProductsHost } from '../../../engine/scores/weights/products.ts';
import { Products } from '../../../engine/scores/weights/products.ts';
import { ownLogits } from '../../../engine/scores/weights/tokenCopying.ts';
import { embeddingRows, unembeddingRows } from '../../../engine/scores/weights/vocabulary.ts';
import type { HeadOfWeights, WeightScoresRequest } from '../../../engine/scores/weights/weightScores.ts';
import { scoresOfModel, weightScores } from '../../../engine/scores/weights/weightScores.ts';
import { openGolden } from '../../run/models.ts';
import type { Dense } from './dense.ts';
import { headOf, times, transposed } from './dense.ts';

/** Nobody else runs. */
const alone: ProductsHost = { exclusive: (act) => act() };

async function headsOf(model: Model, request: Partial<WeightScoresRequest> = {}): Promise<HeadOfWeights[]> {
  const { read } = scoresOfModel(model);
  const all = Array.from({ length: model.family.shape.vocabulary }, (_, token) => token);
  const heads: HeadOfWeights[] = [];
  for await (const event of weightScores(model, { scores: read, tokens: all, isWhole: true, ...request })) {
    if (event.kind === 'head') heads.push(event);
  }
  return heads;
}

async function planted(name: string): Promise<(head: string, id: string) => number | undefined> {
  const model = await openModel(`fixtures/models/${name}`);
  const heads = await headsOf(model);
  await model.dispose();
  return (head, id) => heads.find((one) => `L${one.layer}H${one.head}` === head)?.values[id]?.mean;
}

describe('weight scores of planted heads', () => {
  it('the induction head copies, the one before it looks one back by positions alone', async () => {
    const value = await planted('planted-induction');
    expect(value('L1H1', 'ovCopying')).toBeCloseTo(1, 4);
    expect(value('L1H1', 'tokenCopying')).toBeGreaterThan(0.98);
    expect(value('L1H1', 'tokenCopying10')).toBeGreaterThan(0.98);
    expect(value('L1H1', 'ownAboveMean')).toBeGreaterThan(0.98);
    expect(value('L0H2', 'positionPrevious')).toBeGreaterThan(0.98);
    expect(value('L0H2', 'ovCopying')).toBe(0);
    // What writes nothing that is read puts no token first.
    for (const id of ['tokenCopying', 'tokenCopying10', 'ownAboveMean']) expect(value('L0H2', id)).toBe(0);
    for (const head of ['L0H0', 'L0H1', 'L0H3', 'L1H1']) expect(value(head, 'positionPrevious')).toBeLessThan(0.5);
  });

  it('the name mover and its backup copy', async () => {
    const value = await planted('planted-ioi');
    expect(value('L2H0', 'ovCopying')).toBeCloseTo(1, 4);
    expect(value('L3H1', 'ovCopying')).toBeCloseTo(1, 4);
  });

  it('what adds the same to every logit copies nothing', async () => {
    const value = await planted('planted-decoys');
    expect(value('L1H3', 'ovCopying')).toBeCloseTo(1, 4);
    expect(Math.abs(value('L1H5', 'ovCopying') ?? NaN)).toBeLessThan(1e-4);
  });
});

describe('copying by eigenvalues', () => {
  const square = (rows: Dense) => relabel({ data: Float32Array.from(rows.flat()), axes: [] }, 'N H D', [1, 2, 2]);
  const identity = [
    [1, 0],
    [0, 1],
  ];
  const of = async (out: Dense): Promise<number> => {
    const products = new Products(alone);
    const values = relabel(square(identity), 'G H D', [1, 2, 2]);
    const matrices = { queries: square(identity), keys: values, values, out: square(out) };
    const through = relabel(square(identity), 'D F', [2, 2]);
    const [score = NaN] = await eigenCopying(matrices, through, products);
    await products.dispose();
    return score;
  };
  const turned = (degrees: number): Dense => {
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return [
      [c, s],
      [-s, c],
    ];
  };

  it.each([
    ['the identity', identity, 1],
    [
      'its opposite',
      [
        [-2, 0],
        [0, -3],
      ],
      -1,
    ],
    [
      'one of each',
      [
        [1, 0],
        [0, -1],
      ],
      0,
    ],
    ['a quarter turn', turned(90), 0],
    ['a sixth of a turn', turned(60), 0.5],
    [
      'nothing',
      [
        [0, 0],
        [0, 0],
      ],
      0,
    ],
  ])('is right of %s', async (_, out, expected) => {
    expect(await of(out)).toBeCloseTo(expected, 6);
  });
});

/** E and U as whole matrices, [V D]. */
async function endsOf(
  model: Model,
  products: Products,
): Promise<{ readonly embedding: Dense; readonly unembedding: Dense }> {
  const { vocabulary } = model.family.shape;
  const all = Array.from({ length: vocabulary }, (_, token) => token);
  const rows = async (ends: { of(tokens: readonly number[]): Promise<{ readonly data: Float32Array }> }) => {
    const { data } = await ends.of(all);
    const width = data.length / vocabulary;
    return all.map((token) => [...data.subarray(token * width, (token + 1) * width)]);
  };
  return {
    embedding: await rows(embeddingRows(model, products)),
    unembedding: await rows(unembeddingRows(model, products)),
  };
}

describe.each(['llama-gqa', 'gpt2-tied', 'gemma-mqa', 'transformerLens-full', 'opt-plain', 'bloom-alibi'])(
  'in %s, beside whole products,',
  (folder) => {
    const products = new Products(alone);
    let model: Model | null = null;
    let ends: Awaited<ReturnType<typeof endsOf>> = { embedding: [], unembedding: [] };
    let matrices: HeadMatrices | null = null;
    beforeAll(async () => {
      model = await openGolden(folder);
      ends = await endsOf(model, products);
      matrices = await readHeadMatrices(model, 1);
    });
    afterAll(async () => {
      await products.dispose();
      await model?.dispose();
    });

    it('what goes through all tokens is the sum over them', async () => {
      if (model === null) throw new RangeError('no model');
      const found = await throughTokens(embeddingRows(model, products), unembeddingRows(model, products), products);
      const { embedding, unembedding } = ends;
      const mean = transposed(unembedding).map((column) => column.reduce((a, b) => a + b, 0) / column.length);
      const centred = unembedding.map((row) => row.map((value, d) => value - (mean[d] ?? NaN)));
      const expected = times(transposed(centred), embedding).flat();
      const largest = Math.max(...expected.map(Math.abs));
      found.data.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN)) / largest).toBeLessThan(1e-5));
    });

    it("each token's own logit has the rank that all logits give it", async () => {
      if (model === null || matrices === null) throw new RangeError('no model');
      const { embedding, unembedding } = ends;
      const ids = embedding.map((_, token) => token);
      const rowsOf = (rows: Dense) =>
        relabel({ data: Float32Array.from(rows.flat()), axes: [] }, 'P D', [rows.length, rows[0]?.length ?? 0]);
      const sampled = { ids, embedded: rowsOf(embedding), unembedded: rowsOf(unembedding) };
      const found = await ownLogits(matrices, sampled, unembeddingRows(model, products), products);
      for (let head = 0; head < model.family.shape.heads; head++) {
        const group = Math.floor(head / groupSize(matrices));
        const circuit = times(transposed(headOf(matrices.values, group)), headOf(matrices.out, head));
        const logits = times(times(embedding, circuit), transposed(unembedding));
        const rounding = 1e-5 * Math.max(...logits.flat().map(Math.abs));
        for (const [token, row] of logits.entries()) {
          const own = row[token] ?? NaN;
          // Of a near tie either order is right.
          if (row.some((value, other) => other !== token && Math.abs(value - own) < rounding)) continue;
          expect(found[head]?.[token]?.rank).toBe(row.filter((value) => value > own).length);
        }
      }
    });
  },
);

describe('weight scores', () => {
  it('go on from any head with the same numbers', async () => {
    const model = await openGolden('llama-gqa');
    const whole = await headsOf(model);
    for (const done of [1, model.family.shape.heads, whole.length - 1, whole.length]) {
      expect(await headsOf(model, { done })).toEqual(whole.slice(done));
    }
    await model.dispose();
  });

  it('leave out what the model has none of, and refuse it by name', async () => {
    const model = await openGolden('opt-after');
    const { read, left } = scoresOfModel(model);
    expect(read.map(({ id }) => id)).toEqual(['positionPrevious']);
    expect(left.map(({ id }) => id)).toEqual(['ovCopying', 'tokenCopying', 'tokenCopying10', 'ownAboveMean']);
    expect(left[0]?.reason).toMatch(/normed after each addition/);
    expect(() => scoresOfModel(model, ['ovCopying'])).toThrow(/not defined for this model/);
    expect(await headsOf(model)).toHaveLength(model.family.shape.layers * model.family.shape.heads);
    await model.dispose();
  });
});
