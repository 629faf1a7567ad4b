import type { Random } from '../../tensor/random.ts';
import { textOf } from './document.ts';
import type { Piece } from './document.ts';
import type { WordSet } from './heldOut.ts';
import { textGenerators } from './generators.ts';
import type { TextKind } from './generators.ts';

/** Kinds that are text: repeated random tokens are none. */
export type PlainKind = Exclude<TextKind, 'repeatedTokens'>;

/** Words that a needle passage may have; there is no tokenizer to count tokens. */
const room = 200;
const tokensOf = (pieces: readonly Piece[]): number => textOf(pieces).split(' ').length;

/** One document as text, for instance to train a tokenizer on. */
export function plainText(random: Random, kind: PlainKind, words: WordSet = 'trained'): string {
  const request = { random, words, room, tokensOf, vocabulary: 0, bosId: null };
  const document = textGenerators[kind].generate(request);
  if ('pieces' in document) return textOf(document.pieces);
  throw new RangeError(`plainText: documents of the kind ${kind} are no text`);
}
