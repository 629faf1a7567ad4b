/** Text that needles are hidden in, as tokens, with the places between its sentences. */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import { plainText } from '../text/index.ts';
import { pieceOf } from './needlePieces.ts';

/** Stories of the project's own generator, or the user's texts. */
export type HaystackSource =
  | { readonly kind: 'stories'; readonly seed: number }
  | { readonly kind: 'texts'; readonly texts: readonly { readonly name: string; readonly text: string }[] };

export interface Haystack {
  readonly ids: readonly number[];
  /** How many tokens stand before each place between two sentences, rising; neither 0 nor what ends within a sentence. */
  readonly ends: readonly number[];
}

/** Longest text that is read of a folder: as tokens it is more than any context. */
export const haystackCharacters = 16 * 2 ** 20;

/**
 * A haystack of at least `tokens` tokens for each of `count` needles: different stories, or other parts of the user's texts.
 * Throws Fault where the texts are shorter than that, or where no sentence ends in them.
 */
export function haystacks(
  tokenizer: Tokenizer,
  source: HaystackSource,
  { tokens, count }: { readonly tokens: number; readonly count: number },
): readonly Haystack[] {
  const isEnd = sentenceEnds(tokenizer);
  const all =
    source.kind === 'stories'
      ? Array.from({ length: count }, (_, i) => storyIds(tokenizer, source.seed + i, tokens))
      : partsOf(textIds(tokenizer, source.texts), { tokens, count }, isEnd);
  return all.map((ids) => requireEnds({ ids, ends: ids.flatMap((id, i) => (isEnd(id) ? [i + 1] : [])) }));
}

/** Vocabulary tokens whose text ends with a full stop, white space after it apart (spec of the tokenizer, not of a language). */
function sentenceEnds(tokenizer: Tokenizer): (id: number) => boolean {
  const known = new Map<number, boolean>();
  return (id) => {
    const found = known.get(id) ?? endsSentence(tokenizer.bytesOf(id));
    known.set(id, found);
    return found;
  };
}

const fullStop = 0x2e;
const whiteSpace = new Set([0x20, 0x09, 0x0a, 0x0d]);

function endsSentence(bytes: Uint8Array): boolean {
  const last = bytes.findLast((byte) => !whiteSpace.has(byte));
  return last === fullStop;
}

function storyIds(tokenizer: Tokenizer, seed: number, tokens: number): readonly number[] {
  const random = seededRandom(seed);
  const ids: number[] = [];
  while (ids.length < tokens) ids.push(...pieceOf(tokenizer, ` ${plainText(random, 'story')}`).ids);
  return ids;
}

function textIds(
  tokenizer: Tokenizer,
  texts: readonly { readonly name: string; readonly text: string }[],
): readonly number[] {
  const whole = texts.map(({ text }) => unwrapped(text)).filter((text) => text !== '');
  if (whole.length === 0) throw new Fault({ what: 'the haystack has no text', expected: 'files of plain text' });
  return whole.flatMap((text) => pieceOf(tokenizer, ` ${text}`).ids);
}

/** Lines of a paragraph in one, as printed books are wrapped. */
function unwrapped(text: string): string {
  return text
    .slice(0, haystackCharacters)
    .replaceAll('\r\n', '\n')
    .replace(/(\S)[ \t]*\n[ \t]*(?=\S)/g, '$1 ')
    .trim();
}

/** Starts as far apart as the text allows, each after a sentence. */
function partsOf(
  ids: readonly number[],
  { tokens, count }: { readonly tokens: number; readonly count: number },
  isEnd: (id: number) => boolean,
): readonly (readonly number[])[] {
  const spare = ids.length - tokens;
  if (spare < 0)
    throw new Fault({ what: 'the haystack is too short', expected: `${tokens} tokens`, got: `${ids.length}` });
  return Array.from({ length: count }, (_, i) => {
    const sought = Math.floor((spare * i) / count);
    const end = ids.findLastIndex((id, at) => at < sought && isEnd(id));
    return ids.slice(end + 1, end + 1 + tokens + (sought - end));
  });
}

function requireEnds(haystack: Haystack): Haystack {
  if (haystack.ends.length > 0) return haystack;
  const expected = 'sentences that end with a full stop';
  throw new Fault({ what: 'no place between sentences in the haystack', expected, got: 'none' });
}
