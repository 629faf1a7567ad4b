/** The matrices of heads beside what the model itself computes with them. */
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import type { HeadMatrices } from '../../../engine/scores/weights/headMatrices.ts';
import { groupSize, readHeadMatrices } from '../../../engine/scores/weights/headMatrices.ts';
import { spreadOf } from '../../../engine/scores/weights/norms.ts';
import { readWeight } from '../../../engine/scores/weights/readWeight.ts';
import type { Site } from '../../../engine/terms/sites.ts';
import type { Tensor } from '../../../engine/tensor/tensor.ts';
import { axisSize } from '../../../engine/tensor/tensor.ts';
import { openGolden, randomIds } from '../../run/models.ts';

const LAYER = 1;
const POSITIONS = 6;

interface Seen {
  readonly model: Model;
  readonly matrices: HeadMatrices;
  /** The last axes of a site at a position of the prompt. */
  at(site: Site, position: number): Float32Array;
  /** scores[q, q] of a head. */
  ownScore(head: number, position: number): number | undefined;
}

async function look(folder: string, sites: readonly Site[], check: (seen: Seen) => void): Promise<void> {
  const model = await openGolden(folder);
  const ids = randomIds(model, POSITIONS, 3);
  const capture = sites.map((site) => ({ site, layers: [LAYER] }));
  const activations = await model.forward({ ids: [ids], capture, logits: 'none' });
  const at = (site: Site, position: number) => {
    const found = activations.get(site, LAYER);
    const width = found.data.length / POSITIONS;
    return found.data.subarray(position * width, (position + 1) * width);
  };
  const ownScore = (head: number, p: number) =>
    activations.get('scores', LAYER).data[(head * POSITIONS + p) * POSITIONS + p];
  check({ model, matrices: await readHeadMatrices(model, LAYER), at, ownScore });
  await model.dispose();
}

/** M x: matrices [.. H D] times a vector. */
function applied({ data }: Tensor, x: ArrayLike<number>): number[] {
  return Array.from({ length: data.length / x.length }, (_, row) => {
    let sum = 0;
    for (let d = 0; d < x.length; d++) sum += (data[row * x.length + d] ?? NaN) * (x[d] ?? NaN);
    return sum;
  });
}

/** x over the divisor of the norm before attention. */
function undivided({ model, at }: Seen, position: number): number[] {
  const x = at('residPre', position);
  const { norm } = model.family.description.block(LAYER).attention;
  const by = norm === null ? 1 : spreadOf(x, norm);
  return Array.from(x, (value) => value / by);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}

describe.each([
  'llama-gqa',
  'llama-biases',
  'gpt2-tied',
  'gptNeoX-parallel',
  'phi3-window',
  'falcon-newDecoder',
  'falcon-multiQuery',
  'gemma-mqa',
  'gemma2-older',
  'olmo2-normed',
  'bloom-alibi',
  'opt-before',
  'transformerLens-full',
  'transformerLens-rotary',
])('in %s', (folder) => {
  it('values are what the model reads, but for a bias that all positions share', async () => {
    await look(folder, ['residPre', 'v'], (seen) => {
      const read = (position: number) => applied(seen.matrices.values, undivided(seen, position));
      for (let p = 1; p < POSITIONS; p++) {
        const [here, first] = [read(p), read(0)];
        seen.at('v', p).forEach((value, i) => {
          const difference = value - (seen.at('v', 0)[i] ?? NaN);
          expect(difference).toBeCloseTo((here[i] ?? NaN) - (first[i] ?? NaN), 4);
        });
      }
    });
  });

  it('outputs are what the model writes, through the norm after attention where there is one', async () => {
    await look(folder, ['z', 'headWrite'], ({ model, matrices, at }) => {
      const { outNorm = null } = model.family.description.block(LAYER).attention;
      if (outNorm !== null) return;
      const [heads, width, inner] = [
        axisSize(matrices.out, 'N'),
        axisSize(matrices.out, 'H'),
        axisSize(matrices.out, 'D'),
      ];
      const [z, write] = [at('z', 3), at('headWrite', 3)];
      for (let n = 0; n < heads; n++) {
        for (let d = 0; d < inner; d++) {
          let sum = 0;
          for (let h = n * width; h < (n + 1) * width; h++)
            sum += (z[h] ?? NaN) * (matrices.out.data[h * inner + d] ?? NaN);
          expect(write[n * inner + d]).toBeCloseTo(sum, 4);
        }
      }
    });
  });
});

describe.each(['llama-gqa', 'qwen3-normed', 'gemma3-older', 'olmo2-normed', 'cohere-scaled', 'smollm3-interval'])(
  'in %s without biases',
  (folder) => {
    it('queries and keys give the score of each position with itself, head norms included', async () => {
      await look(folder, ['residPre', 'q', 'k', 'scores'], (seen) => {
        const { model, matrices, at } = seen;
        const { part } = model.family.description.block(LAYER).attention;
        const [heads, width] = [axisSize(matrices.queries, 'N'), axisSize(matrices.queries, 'H')];
        for (let p = 0; p < POSITIONS; p++) {
          const x = undivided(seen, p);
          const [q, k] = [applied(matrices.queries, x), applied(matrices.keys, x)];
          for (let n = 0; n < heads; n++) {
            const g = Math.floor(n / groupSize(matrices));
            const divisor =
              spreadOfHead(at('q', p), n, width, part.queryNorm) * spreadOfHead(at('k', p), g, width, part.keyNorm);
            const raw =
              (dot(q.slice(n * width, (n + 1) * width), k.slice(g * width, (g + 1) * width)) / divisor) * part.scale;
            const expected = part.softCap === null ? raw : part.softCap * Math.tanh(raw / part.softCap);
            expect(seen.ownScore(n, p)).toBeCloseTo(expected, 3);
          }
        }
      });
    });
  },
);

type HeadNorm = Parameters<typeof spreadOf>[1] & { readonly over: string };

/** What a head norm divides head n by: its own spread, or that of all heads together. */
function spreadOfHead(all: Float32Array, n: number, width: number, norm: HeadNorm | null): number {
  if (norm === null) return 1;
  return spreadOf(norm.over === 'H' ? all.subarray(n * width, (n + 1) * width) : all, norm);
}

describe.each(['stablelm-parallel', 'cohere-normed', 'phi-normed'])('in %s', (folder) => {
  it('queries have the gain and the centring of each head in them', async () => {
    const model = await openGolden(folder);
    const norm = model.family.description.block(LAYER).attention.part.queryNorm;
    if (norm === null || norm.weight === null) throw new RangeError('no norm of queries');
    const stored = norm.weight.kind === 'perHead' ? norm.weight.each : [norm.weight];
    const gain = (await Promise.all(stored.map((one) => readWeight(model.files, one)))).flatMap(({ data }) => [
      ...data,
    ]);
    await model.dispose();
    await look(folder, ['residPre', 'q'], (seen) => {
      const { headWidth } = seen.model.family.shape;
      const centred = (position: number) => {
        const q = seen.at('q', position);
        return Array.from(q, (value, i) => {
          const own = q.subarray(i - (i % headWidth), i - (i % headWidth) + headWidth);
          return value - own.reduce((sum, one) => sum + one, 0) / headWidth;
        });
      };
      const read = (position: number) => applied(seen.matrices.queries, undivided(seen, position));
      const [here, first, mine, other] = [centred(4), centred(0), read(4), read(0)];
      // Biases are shared by all positions.
      here.forEach((value, i) => {
        const expected = (value - (first[i] ?? NaN)) * (gain[gain.length === headWidth ? i % headWidth : i] ?? NaN);
        expect((mine[i] ?? NaN) - (other[i] ?? NaN)).toBeCloseTo(expected, 4);
      });
    });
  });
});
