/** Tokens as the workbench shows them. */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import type { TokenInfo } from '../../results/promptSets.ts';
import type { Model } from '../../run/index.ts';
import { shownToken, tokenizerOf } from './prompts.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Each id with its printable form; with the text that they encode, where in its bytes each stands. */
export function tokenInfos(model: Model, ids: readonly number[], text: string | null): TokenInfo[] {
  const tokenizer = tokenizerOf(model);
  const spans = tokenizer === null || text === null ? null : tokenizer.spans(text, ids);
  return ids.map((id, i) => {
    const span = spans?.[i];
    return {
      id,
      text: shownToken(model, id),
      bytes: span === undefined || span.start === span.end ? null : [span.start, span.end],
      ...(tokenizer === null ? { special: false, partial: false } : kindOf(tokenizer, id, shownToken(model, id))),
    };
  });
}

function kindOf(tokenizer: Tokenizer, id: number, shown: string): Pick<TokenInfo, 'special' | 'partial'> {
  // Embeddings are often padded beyond the tokenizer's last id.
  if (shown === `#${id}`) return { special: false, partial: false };
  const special = tokenizer.decode([id]) !== tokenizer.decode([id], { special: false });
  return { special, partial: !special && !isWhole(tokenizer.bytesOf(id)) };
}

function isWhole(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
