import { BAND } from './bands.ts';
import type { Band, BandScore } from './headScore.ts';

/** The share of a band's mass that the blocks hold. */
const HELD = 0.9;
/** Of the mass: sums in float32 that fall short of HELD by less reach it. */
const SLACK = 1e-6;

/** How many blocks of keys a block-sparse kernel could skip. */
export const blockSparsity: BandScore = {
  id: 'blockSparsity',
  title: 'Block sparsity at 90 %',
  rule: 'S16',
  about: 'share of the visible blocks of 32 x 32 that can be skipped while the rest hold 90 % of the attention',
  formula:
    'mean over q >= 32 of 1 - (fewest key blocks with 90 % of the mass of the band of q) / (blocks that it sees)',
  source:
    'after Jiang et al. 2024, arXiv 2407.02490 (block-sparse heads), and Lai et al. 2025, arXiv 2502.20766 (cumulative mass)',
  unit: 'share',
  range: [0, 1],
  counts: 'queries that see more than one block of 32 keys: those from position 32 on',
  reading: 'bands',
  predicts: false,
  select: ({ ids }) => ids.slice(BAND).map((_, i) => ({ query: i + BAND })),
  ofBand: skipped,
};

function skipped({ masses, keys }: Band): number {
  const blocks = blockMasses(masses, keys).sort((a, b) => b - a);
  const total = blocks.reduce((sum, mass) => sum + mass, 0);
  let [held, needed] = [0, 0];
  while (needed < blocks.length && held < (HELD - SLACK) * total) held += blocks[needed++] as number;
  return 1 - needed / blocks.length;
}

function blockMasses(masses: ArrayLike<number>, keys: number): Float64Array {
  const blocks = new Float64Array(Math.ceil(keys / BAND));
  for (let key = 0; key < keys; key++) {
    const block = Math.floor(key / BAND);
    blocks[block] = (blocks[block] as number) + (masses[key] as number);
  }
  return blocks;
}
