/** Texts as tokens that follow other tokens: prompts are joined from them in token space. */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { Needle } from './needles.ts';
import type { Span } from './preparedRun.ts';

interface Piece {
  readonly ids: readonly number[];
  /** Byte range of each token in the text. */
  bytes(): readonly Span[];
}

/** What a text stands behind while it is encoded, so that a tokenizer that puts a space before a text puts it there. */
const leader = '.';

/** Ids of a text in the middle of another one. */
export function pieceOf(tokenizer: Tokenizer, text: string): Piece {
  const encode = (what: string) => tokenizer.encode(what, { special: false });
  const [before, whole] = [encode(leader), encode(leader + text)];
  const isIndependent = before.every((id, i) => whole[i] === id);
  const led = isIndependent ? whole : encode(text);
  const [from, offset] = isIndependent ? [before.length, leader.length] : [0, 0];
  const bytes = () =>
    tokenizer
      .spans(isIndependent ? leader + text : text, led)
      .slice(from)
      .map(({ start, end }): Span => [start - offset, end - offset]);
  return { ids: led.slice(from), bytes };
}

/** The ids of a needle's sentence after another sentence, and which of them hold words of the answer. */
export function sentenceOf(
  tokenizer: Tokenizer,
  { id, sentence, answer }: Needle,
): { readonly ids: readonly number[]; readonly answer: Span } {
  const [head, tail, ...more] = sentence.split('[answer]');
  if (head === undefined || tail === undefined || more.length > 0)
    throw new Fault({ what: 'bad needle', where: id, expected: '[answer] once in its sentence', got: sentence });
  const piece = pieceOf(tokenizer, ` ${head}${answer}${tail}`);
  const from = lengthInBytes(` ${head}`);
  return { ids: piece.ids, answer: covering(piece.bytes(), [from, from + lengthInBytes(answer)]) };
}

/** The tokens that hold bytes of a range of the text. */
function covering(tokens: readonly Span[], [from, to]: Span): Span {
  const first = tokens.findIndex(([, end]) => end > from);
  const last = tokens.findLastIndex(([start]) => start < to);
  return [first, last + 1];
}

function lengthInBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
