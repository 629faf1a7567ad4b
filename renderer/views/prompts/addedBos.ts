import type { ResultOf } from '../../../engine/results/contract.ts';

/** The id that the model's tokenizer puts in front of every text, or null. */
export function addedBosOf({ tokenizer }: Pick<ResultOf<'info'>, 'tokenizer'>): number | null {
  return tokenizer.kind === 'present' && tokenizer.addsBos ? tokenizer.bosId : null;
}
