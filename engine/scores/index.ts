/** The list of head scores: one file and one line here each. What they are called on screen is behaviour, not importance. */
import { Fault } from '../terms/fault.ts';
import { attentionEntropy } from './attentionEntropy.ts';
import { blockSparsity } from './blockSparsity.ts';
import { copy } from './copy.ts';
import { copyMass } from './copyMass.ts';
import { currentToken } from './currentToken.ts';
import { duplicateToken } from './duplicateToken.ts';
import { firstToken } from './firstToken.ts';
import type { HeadScore } from './headScore.ts';
import { hiddenSinkMass } from './hiddenSinkMass.ts';
import { hiddenSinks } from './hiddenSinks.ts';
import { induction } from './induction.ts';
import { localMass } from './localMass.ts';
import { meanDistance } from './meanDistance.ts';
import { positionalShare } from './positionalShare.ts';
import { previousToken } from './previousToken.ts';
import { relativeEntropy } from './relativeEntropy.ts';
import { relativeWriteNorm } from './relativeWriteNorm.ts';
import { sinkMass } from './sinkMass.ts';
import { topShare } from './topShare.ts';
import { writeCosine } from './writeCosine.ts';
import { writeNorm } from './writeNorm.ts';

export const scores: readonly HeadScore[] = [
  previousToken,
  currentToken,
  duplicateToken,
  induction,
  firstToken,
  copy,
  copyMass,
  attentionEntropy,
  meanDistance,
  writeNorm,
  relativeWriteNorm,
  hiddenSinks,
  hiddenSinkMass,
  sinkMass,
  localMass,
  blockSparsity,
  topShare,
  relativeEntropy,
  positionalShare,
  writeCosine,
];

/** By id. Throws Fault for an unknown one, with the known ids. */
export function scoreById(id: string): HeadScore {
  const score = scores.find((one) => one.id === id);
  if (score !== undefined) return score;
  throw new Fault({ what: 'unknown score', expected: `one of ${scores.map((one) => one.id).join(', ')}`, got: id });
}
