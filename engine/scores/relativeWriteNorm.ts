import type { Write, WriteScore } from './headScore.ts';
import { laterQueries } from './laterQueries.ts';

/** How large a head's write is beside the stream that it is added to: comparable across layers, where `writeNorm` is not. */
export const relativeWriteNorm: WriteScore = {
  id: 'relativeWriteNorm',
  title: 'Relative write norm',
  rule: 'S11',
  about: 'length of the vector that the head adds, as a ratio to the length of the residual stream before the block',
  formula: 'mean over q >= 1 of ||z[q] W_O|| / ||residPre[q]||',
  source: 'Kobayashi et al. 2021, arXiv 2109.07152, what attention adds beside what the residual keeps',
  unit: 'ratio',
  range: [0, null],
  counts: 'every query but the first',
  reading: 'write',
  predicts: false,
  select: laterQueries,
  ofWrite: ratio,
};

/** 0 where the stream is 0, which has no ratio (SPEC.md S11). */
function ratio({ write, stream }: Write): number {
  return stream === 0 ? 0 : write / stream;
}
