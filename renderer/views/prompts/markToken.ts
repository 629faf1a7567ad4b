import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import type { Token } from '../../marks/tokens/token.ts';

/** As marks draw it: the text of half a character names its bytes already. */
export function markToken({ id, text, special }: TokenInfo): Token {
  return { id, text, ...(special ? { special } : {}) };
}
