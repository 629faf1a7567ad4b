import type { Write, WriteScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** Whether a head writes along the stream that is there or against it. */
export const writeCosine: WriteScore = {
  id: 'writeCosine',
  title: 'Cosine of write and stream',
  rule: 'S20',
  about: 'whether the head writes along the residual stream before the block (1), across it (0) or against it (-1)',
  formula: 'mean over q >= 1 of (z[q] W_O) . residPre[q] / (||z[q] W_O|| ||residPre[q]||)',
  source: 'after Kobayashi et al. 2021, arXiv 2109.07152, what attention adds beside what the residual keeps',
  unit: 'cosine',
  range: [-1, 1],
  counts: 'every query but the first',
  reading: 'write',
  predicts: false,
  select: laterQueries,
  ofWrite: cosine,
};

/** 0 where either vector is 0, which has no direction. */
function cosine({ write, stream, product }: Write): number {
  const lengths = write * stream;
  return lengths === 0 ? 0 : product / lengths;
}
