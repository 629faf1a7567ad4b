/** A kind of document; engine/tasks/text/generators.ts lists them. */
import type { Random } from '../../tensor/random.ts';
import type { Document, Piece } from './document.ts';
import type { WordSet } from './heldOut.ts';

export interface DocumentRequest {
  readonly random: Random;
  /** Which words the behaviour itself may use. */
  readonly words: WordSet;
  /** Tokens that the document has room for; longer ones are cut. */
  readonly room: number;
  readonly tokensOf: (pieces: readonly Piece[]) => number;
  /** Ids of repeated random tokens are drawn below it, without the one that begins a document. */
  readonly vocabulary: number;
  readonly bosId: number | null;
}

export interface TextGenerator {
  /** What is said, and which of its tokens are determined. */
  readonly about: string;
  /** The fewest tokens that a document may be given; 1 where it can be cut anywhere. */
  readonly least: number;
  generate(request: DocumentRequest): Document;
}
