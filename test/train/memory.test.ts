import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { familyOf } from '../../engine/arch/index.ts';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { peakBytes } from '../../engine/train/memory.ts';
import { train } from '../../engine/train/train.ts';
import { stepGraph } from '../../engine/train/trainingStep.ts';
import { faultOf, temporaryFolder } from '../files/temporary.ts';
import { smallConfig, smallModel, writeChain } from './runs.ts';

const folder = temporaryFolder();

describe('the bytes that are alive at once', () => {
  const sizes = { B: 10, D: 5, M: 100 };

  it('are those of a value and what it is made from, not of all', () => {
    const g = new GraphBuilder('chain', sizes);
    // 200 bytes, 200 bytes, 4,000 bytes and a sum of 40.
    const a = g.exp(g.input('x', 'B D'));
    const c = g.contract(g.exp(a), g.input('w', 'D M'), 'B M');
    g.output('sum', g.sum(c, 'M'));
    // The product, with what it is made from: the first value is gone.
    expect(peakBytes(g.build())).toBe(200 + 4000);
  });

  it('count outputs to the end, and a view as the value that it reads', () => {
    const g = new GraphBuilder('kept', sizes);
    const a = g.exp(g.input('x', 'B D'));
    g.output('a', g.transpose(a, 'D B'));
    g.output('b', g.exp(g.exp(g.input('y', 'B D'))));
    // a, and the two that are there while b is made.
    expect(peakBytes(g.build())).toBe(3 * 200);
  });

  it('grow with the batch, and with the square of its length', () => {
    const { family } = familyOf({ ...smallModel, max_position_embeddings: 512 });
    const { optimiser } = smallConfig([]);
    const peak = (rows: number, length: number) => peakBytes(stepGraph(family, { rows, length }, optimiser).graph);
    expect(peak(64, 32) / peak(32, 32)).toBeCloseTo(2, 0);
    expect(peak(8, 512) / peak(8, 256)).toBeGreaterThan(2.5);
    // A pattern of one layer: 8 x 4 x 512 x 512 numbers, and no more than a few of them.
    const pattern = 4 * 8 * 4 * 512 ** 2;
    expect(peak(8, 512)).toBeGreaterThan(2 * pattern);
    expect(peak(8, 512)).toBeLessThan(8 * pattern);
  });
});

describe('a batch that cannot fit', () => {
  it('is refused by its stage, before anything is written', async () => {
    const stages = [
      { steps: 1, rows: 4, length: 8 },
      { steps: 1, rows: 30_000, length: 32 },
    ];
    const config = smallConfig([writeChain(join(folder, 'chain.bin'))], {
      stages,
      schedule: { kind: 'constant', peak: 1e-3, warmup: 0, floor: 1 },
    });
    const path = join(folder, 'large');
    const request = { config, folder: path, tokenizer: null, beside: [], memoryBudget: 2e9 };
    expect(await faultOf(() => train(request).next())).toMatch(
      /^stages\.1: a batch of this size does not fit in memory: expected at most 2\.00 GB, which is free, got \d+\.\d\d GB needed$/,
    );
    expect(await faultOf(() => train({ ...request, memoryBudget: 1e8 }).next())).toMatch(/^stages\.0: .*got 0\.20 GB/);
  });
});
