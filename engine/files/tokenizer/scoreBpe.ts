/**
 * SentencePiece's BPE: of all neighbouring symbols whose union is a piece, the one with the best score is merged first, the
 * leftmost among equals, until none is left; a symbol that is no piece is spelled in byte tokens, or is unknown.
 * The order is a score a piece and not a rank a pair, so it is not the BPE of a tokenizer.json (whose merges are pairs).
 * Kudo and Richardson 2018, "SentencePiece", arXiv:1808.06226.
 */

import { Fault } from '../../terms/fault.ts';
import { Heap } from './heap.ts';
import type { Piece } from './tokenizer.ts';

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  /** Length of the union, to see that neither side has changed since. */
  readonly length: number;
}

const byteOf = (id: number | undefined, unknown: number | null): number => {
  if (id !== undefined) return id;
  if (unknown !== null) return unknown;
  throw new Fault({
    what: 'the text has a character that the vocabulary lacks, and there are neither byte tokens nor an unknown token',
    where: 'tokenizer',
  });
};

/** An encoder of stretches without whole tokens, spaces already written as U+2581. */
export function scoreBpe(
  pieces: readonly (Piece | undefined)[],
  scores: ArrayLike<number>,
  unknown: number | null,
): (stretch: string) => number[] {
  const ids = new Map<string, number>();
  const bytes = new Map<number, number>();
  pieces.forEach((piece, id) => {
    if (piece?.kind === 'byte') bytes.set(Number.parseInt(piece.text.slice(3, 5), 16), id);
    else if (piece?.kind === 'normal' || piece?.kind === 'added') ids.set(piece.text, id);
  });
  const spell = (symbol: string): number[] => {
    const id = ids.get(symbol);
    if (id !== undefined) return [id];
    if (bytes.size < 256) return [byteOf(undefined, unknown)];
    return Array.from(Buffer.from(symbol, 'utf8'), (byte) => byteOf(bytes.get(byte), unknown));
  };
  const scoreOf = (symbol: string): number | undefined => {
    const id = ids.get(symbol);
    return id === undefined ? undefined : scores[id];
  };
  return (stretch) =>
    fuseUnknown(mergeByScore(Array.from(stretch), scoreOf).flatMap(spell), bytes.size < 256 ? unknown : null);
}

/** SentencePiece gives one unknown token for a run of unknown characters. */
function fuseUnknown(ids: readonly number[], unknown: number | null): number[] {
  return ids.filter((id, index) => id !== unknown || unknown === null || ids[index - 1] !== unknown);
}

function mergeByScore(symbols: string[], scoreOf: (symbol: string) => number | undefined): string[] {
  const before = symbols.map((_, index) => index - 1);
  const after = symbols.map((_, index) => index + 1);
  const heap = new Heap<Pair>(
    (one, other) => one.score > other.score || (one.score === other.score && one.left < other.left),
  );
  const propose = (left: number, right: number): void => {
    const [first, second] = [symbols[left], symbols[right]];
    if (first === undefined || second === undefined) return;
    const score = scoreOf(first + second);
    if (score !== undefined) heap.push({ left, right, score, length: first.length + second.length });
  };
  for (let left = 0; left + 1 < symbols.length; left++) propose(left, left + 1);
  for (let pair = heap.pop(); pair !== undefined; pair = heap.pop()) {
    const [first, second] = [symbols[pair.left] ?? '', symbols[pair.right] ?? ''];
    if (first === '' || second === '' || first.length + second.length !== pair.length) continue;
    symbols[pair.left] = first + second;
    symbols[pair.right] = '';
    const next = after[pair.right] ?? symbols.length;
    after[pair.left] = next;
    if (next < symbols.length) before[next] = pair.left;
    propose(before[pair.left] ?? -1, pair.left);
    propose(pair.left, next);
  }
  return symbols.filter((symbol) => symbol !== '');
}
