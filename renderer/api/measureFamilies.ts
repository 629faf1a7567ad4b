/** The headings under which measures are listed, in their order; which score belongs under which, and its name where room is scarce. */
import type { MeasureFamily } from './headMeasure.ts';

export const measureFamilies: Readonly<Record<MeasureFamily, string>> = {
  effects: 'Effects of ablation',
  estimates: 'Estimates from gradients',
  circuits: 'Scores of circuit methods',
  importance: 'Importance on a text',
  proxies: 'Proxies of importance, control',
  tokens: 'Which tokens it attends to',
  sinks: 'Sinks',
  spread: 'Spread and reach of attention',
  writes: 'What it writes',
  weights: 'Weights, without prompts',
  retrieval: 'Retrieval',
  streaming: 'Streaming or whole cache',
  imported: 'Imported from files',
  other: 'Other scores',
};

const familyOfId: Readonly<Record<string, MeasureFamily>> = {
  previousToken: 'tokens',
  currentToken: 'tokens',
  duplicateToken: 'tokens',
  induction: 'tokens',
  copy: 'tokens',
  copyMass: 'tokens',
  firstToken: 'sinks',
  hiddenSinks: 'sinks',
  hiddenSinkMass: 'sinks',
  sinkMass: 'sinks',
  attentionEntropy: 'spread',
  meanDistance: 'spread',
  localMass: 'spread',
  blockSparsity: 'spread',
  topShare: 'spread',
  relativeEntropy: 'spread',
  positionalShare: 'spread',
  writeNorm: 'writes',
  relativeWriteNorm: 'writes',
  writeCosine: 'writes',
  directLogits: 'writes',
  ovCopying: 'weights',
  tokenCopying: 'weights',
  tokenCopying10: 'weights',
  ownAboveMean: 'weights',
  positionPrevious: 'weights',
};

/** `other` for a score that this window does not know: a run of another version. */
export function familyOfScore(id: string): MeasureFamily {
  return familyOfId[id] ?? 'other';
}

const shortOfId: Readonly<Record<string, string>> = {
  meanDistance: 'Mean distance',
  relativeEntropy: 'Relative entropy',
  blockSparsity: 'Block sparsity',
  writeCosine: 'Write · stream',
  ovCopying: 'OV eigenvalues',
  tokenCopying: 'OV first choice',
  tokenCopying10: 'OV first ten',
  ownAboveMean: 'OV above mean',
  positionPrevious: 'Position previous',
};

/** For a narrow column: its title where that is short enough. */
export function shortOfScore(id: string, title: string): string {
  return shortOfId[id] ?? title;
}
