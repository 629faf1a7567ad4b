/** The retrieval scores beside the copy counts: one file and one line here each. SPEC.md states each. */
import { Fault } from '../../terms/fault.ts';
import { directLogit } from './directLogit.ts';
import { keyValue } from './keyValue.ts';
import { locos } from './locos.ts';
import { locosFolded } from './locosFolded.ts';
import { questionFocus } from './questionFocus.ts';
import { reasoning } from './reasoning.ts';
import type { RetrievalScore } from './retrievalScore.ts';
import { spatial } from './spatial.ts';

export const retrievalScores: readonly RetrievalScore[] = [
  locos,
  locosFolded,
  spatial,
  directLogit,
  reasoning,
  questionFocus,
  keyValue,
];

/** By id. Throws Fault for an unknown one, with the known ids. */
export function retrievalScoreById(id: string): RetrievalScore {
  const score = retrievalScores.find((one) => one.id === id);
  if (score !== undefined) return score;
  const expected = `one of ${retrievalScores.map((one) => one.id).join(', ')}`;
  throw new Fault({ what: 'unknown retrieval score', expected, got: id });
}
