/** What a tokenizer offers, whatever it was built from. */

/** Byte range [start, end) of one token in the UTF-8 of a text; empty for a token that stands for none of it. */
export interface TokenSpan {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  /** The token's own printable form, as `Tokenizer.tokenText` gives it. */
  readonly text: string;
}

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export interface ChatTemplate {
  /** The Jinja program, as the model's files have it. */
  readonly source: string;
  /** Text of a conversation, special tokens spelled out. Fault when the template refuses, fails or does not end. `addGenerationPrompt` is on by default. */
  render(messages: readonly ChatMessage[], options?: { readonly addGenerationPrompt?: boolean }): Promise<string>;
}

export interface Tokenizer {
  /** One more than the largest id. */
  readonly vocabularySize: number;
  readonly bosId: number | null;
  /** Ids that end a generation. */
  readonly eosIds: readonly number[];
  /** Does the model's own encoding put BOS first? */
  readonly addsBos: boolean;
  /** Ids of a text; `special: false` leaves out the tokens that the model's own encoding puts around it. */
  encode(text: string, options?: { readonly special?: boolean }): number[];
  /**
   * Text of ids, special tokens spelled out unless `special: false`; bytes that are no UTF-8 become U+FFFD. The space that
   * encoding puts first is dropped, so ids are decoded together: the parts of a text are not the texts of its parts.
   */
  decode(ids: readonly number[], options?: { readonly special?: boolean }): string;
  /** One token's text, leading space kept, bytes that are no whole character as `<0xE2>`. */
  tokenText(id: number): string;
  /** UTF-8 bytes that a token stands for. */
  bytesOf(id: number): Uint8Array;
  /** Byte ranges of the tokens in the text: in order, without gap or overlap, from 0 to its end. */
  spans(text: string, ids: readonly number[]): TokenSpan[];
  readonly chat: ChatTemplate | null;
}

/** A token as it lies in a vocabulary. */
export interface Piece {
  readonly text: string;
  /** `special`: control tokens; `added`: matched whole, before any splitting; `byte`: one raw byte, written <0xE2>. */
  readonly kind: 'normal' | 'byte' | 'special' | 'added' | 'unknown';
}

/** How a normal piece's text stands for bytes. */
export type PieceSpelling =
  'byteLevel' | 'metaspace' | 'plain' | 'wordPiece' | 'words' | { readonly endOfWord: string };

/** What differs between the kinds of tokenizer; engine/files/tokenizer/assemble.ts adds the rest. */
export interface TokenizerCore {
  readonly pieces: readonly (Piece | undefined)[];
  readonly spelling: PieceSpelling;
  /** Ids of a text, nothing added around it. */
  encode(text: string): number[];
  /** What the tokenizer turns one user-perceived character into before it looks for pieces (prefix space apart). */
  normalise(character: string): string;
  /** Tokens that the model's own encoding puts around a text. */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  /** Does decoding drop one leading space, the one that encoding adds? */
  readonly dropsLeadingSpace: boolean;
  readonly bosId: number | null;
  readonly eosIds: readonly number[];
  readonly chatTemplate: string | null;
}
