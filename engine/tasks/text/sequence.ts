/** Packs documents into sequences to train on, with a weight for every token that is predicted. */
import type { Random } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { TaskTokenizer } from '../task.ts';
import { textOf } from './document.ts';
import type { Document, IdRun, Piece } from './document.ts';
import type { DocumentRequest } from './generator.ts';
import type { WordSet } from './heldOut.ts';
import { isTextKind, textGenerators, textKinds } from './generators.ts';
import type { TextKind } from './generators.ts';
import { pieceEncoder } from './pieceEncoder.ts';
import type { PieceEncoder } from './pieceEncoder.ts';

/** Relative shares of the documents, by kind; a kind that is not named has none. */
export type TextMix = { readonly [kind in TextKind]?: number };

export interface SequenceRequest {
  readonly random: Random;
  readonly tokenizer: TaskTokenizer;
  /** Ids of repeated random tokens are below it. */
  readonly vocabulary: number;
  /** Predicted tokens; the sequence has one more. */
  readonly length: number;
  readonly mix: TextMix;
  /** Loss weight of tokens that nothing before them determines; determined ones weigh 1. */
  readonly otherWeight: number;
  /** Words that behaviours may use; those that are not held out, where nothing is said. */
  readonly words?: WordSet;
}

export interface PackedSequence {
  /** length + 1 ids. */
  readonly ids: Int32Array;
  /** Loss weight of predicting ids[i + 1] at position i; 0 where a document begins. */
  readonly weights: Float32Array;
}

/** Documents drawn before it is said that the tokenizer doesn't encode any in pieces. */
const tries = 20;

/**
 * Documents one after another, each begun by the tokenizer's beginning-of-sequence token where it has one, until the
 * sequence is full; the last one is cut, but a needle passage fits what is left. Throws Fault for a bad mix or length,
 * and where the tokenizer encodes no document of a kind piece by piece.
 */
export function packSequence(request: SequenceRequest): PackedSequence {
  const { length, tokenizer } = request;
  const shares = sharesOf(request);
  const encode = pieceEncoder(tokenizer);
  const ids = new Int32Array(length + 1);
  const weights = new Float32Array(length + 1);
  let at = 0;
  while (at <= length) {
    if (tokenizer.bosId !== null) ids[at++] = tokenizer.bosId;
    const room = length + 1 - at;
    if (room === 0) break;
    const kind = pickKind(request.random, shares, room);
    for (const run of runsOf(request, kind, room, encode)) {
      const kept = run.ids.slice(0, length + 1 - at);
      ids.set(kept, at);
      weights.fill(run.determined ? 1 : request.otherWeight, at, at + kept.length);
      at += kept.length;
    }
  }
  // The weight of a token is that of its prediction, one position before.
  return { ids, weights: weights.slice(1) };
}

type Shares = readonly (readonly [kind: TextKind, share: number])[];

function sharesOf({ mix, length, otherWeight }: SequenceRequest): Shares {
  const stranger = Object.keys(mix).find((kind) => !isTextKind(kind));
  const known = textKinds.join(', ');
  if (stranger !== undefined)
    throw new Fault({ what: 'unknown kind of text', expected: `one of ${known}`, got: stranger });
  const shares = textKinds.map((kind) => [kind, mix[kind] ?? 0] as const);
  const bad = shares.find(([, share]) => !(share >= 0 && Number.isFinite(share)));
  if (bad !== undefined) {
    throw new Fault({ what: 'bad share of a kind of text', where: bad[0], expected: '0 or more', got: String(bad[1]) });
  }
  const drawn = shares.filter(([, share]) => share > 0);
  if (drawn.length === 0) throw new Fault({ what: 'no text to train on', expected: `a share of ${known}` });
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new Fault({ what: 'bad length of a sequence', expected: 'an integer from 1', got: String(length) });
  }
  if (!(otherWeight >= 0 && otherWeight <= 1)) {
    throw new Fault({ what: 'bad weight of undetermined tokens', expected: '0 to 1', got: String(otherWeight) });
  }
  return drawn;
}

/** By share, among the kinds that fit; among all, where none does, and the document is cut. */
function pickKind(random: Random, all: Shares, room: number): TextKind {
  const fitting = all.filter(([kind]) => textGenerators[kind].least <= room);
  const shares = fitting.length > 0 ? fitting : all;
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  let left = random.next() * total;
  const found = shares.find(([, share]) => (left -= share) < 0) ?? shares.at(-1);
  return (found as (typeof shares)[number])[0];
}

function runsOf(request: SequenceRequest, kind: TextKind, room: number, encode: PieceEncoder): readonly IdRun[] {
  const { random, tokenizer, vocabulary, words = 'trained' } = request;
  const generator = textGenerators[kind];
  const tokensOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { text }) => sum + encode(text).length, 0);
  const needed: DocumentRequest = {
    random,
    words,
    room: Math.max(room, generator.least),
    tokensOf,
    vocabulary,
    bosId: tokenizer.bosId,
  };
  for (let i = 0; i < tries; i++) {
    const runs = encoded(generator.generate(needed), tokenizer, encode);
    if (runs !== null) return runs;
  }
  throw new Fault({
    what: 'the tokenizer does not encode documents piece by piece',
    where: `text of the kind ${kind}`,
    expected: 'one that keeps words apart',
    got: `${tries} documents whose pieces and whole differ`,
  });
}

/** Null where the tokenizer joins pieces. */
function encoded(document: Document, tokenizer: TaskTokenizer, encode: PieceEncoder): readonly IdRun[] | null {
  if ('runs' in document) return document.runs;
  const runs = document.pieces.map(({ text, determined }) => ({ ids: encode(text), determined }));
  const whole = tokenizer.encode(textOf(document.pieces));
  const ids = runs.flatMap((run) => run.ids);
  return ids.length === whole.length && ids.every((id, i) => id === whole[i]) ? runs : null;
}
