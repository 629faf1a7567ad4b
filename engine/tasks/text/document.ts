/** What a document of the training text is made of. */

/**
 * A stretch of text that a tokenizer encodes by itself: it begins with a space or punctuation, or is two digits of a
 * year. `determined`: what stands before it says what it is, so that a model can be asked for it.
 */
export interface Piece {
  readonly text: string;
  readonly determined: boolean;
}

/** The same for tokens that are no text. */
export interface IdRun {
  readonly ids: readonly number[];
  readonly determined: boolean;
}

export type Document = { readonly pieces: readonly Piece[] } | { readonly runs: readonly IdRun[] };

/** Undetermined text. */
export function said(text: string): Piece {
  return { text, determined: false };
}

/** Text that follows from what stands before it. */
export function determined(text: string): Piece {
  return { text, determined: true };
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
