import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { markToken } from './markToken.ts';

/** `position 3 · ·Emma · id 17324 · bytes 12 to 17`. */
export function tokenWords(tokens: readonly TokenInfo[], at: number): string {
  const token = tokens[at];
  if (token === undefined) return '';
  const { id, bytes, special, partial } = token;
  const span = bytes === null ? null : `bytes ${bytes[0]} to ${bytes[1]} of the text`;
  const kind = special ? 'special token' : partial ? 'part of a character' : null;
  return [`position ${at}`, tokenLabel(markToken(token)), `id ${id}`, span, kind]
    .filter((part) => part !== null)
    .join('  ·  ');
}
