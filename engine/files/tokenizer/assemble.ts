/** A Tokenizer from what differs between the kinds of tokenizer. */

import { Fault } from '../../terms/fault.ts';
import { tokenEnds, type AlignedToken } from './align.ts';
import { byteLevelBytes } from './byteLevel.ts';
import { chatTemplate } from './chat.ts';
import { textOfBytes } from './printable.ts';
import type { Piece, Tokenizer, TokenizerCore, TokenSpan } from './tokenizer.ts';

const metaspace = '\u2581';

export function assembleTokenizer(core: TokenizerCore): Tokenizer {
  const pieceOf = (id: number): Piece => existingPiece(core, id);
  const bytesOf = (id: number): Uint8Array => pieceBytes(core, pieceOf(id), ' ');
  const encode = (text: string, options: { readonly special?: boolean } = {}): number[] => {
    const ids = core.encode(wellFormed(text));
    return options.special === false ? ids : [...core.prefix, ...ids, ...core.suffix];
  };
  return {
    vocabularySize: core.pieces.length,
    bosId: core.bosId,
    eosIds: core.eosIds,
    addsBos: core.bosId !== null && core.prefix[0] === core.bosId,
    encode,
    decode: (ids, options = {}) =>
      decoded(core, options.special === false ? ids.filter((id) => pieceOf(id).kind !== 'special') : ids),
    tokenText: (id) => textOfBytes(bytesOf(id)),
    bytesOf,
    spans: (text, ids) => spansOf(core, wellFormed(text), ids),
    chat:
      core.chatTemplate === null
        ? null
        : chatTemplate(core.chatTemplate, {
            bosToken: tokenName(core, core.bosId),
            eosToken: tokenName(core, core.eosIds[0] ?? null),
          }),
  };
}

/** Half a surrogate pair is no character and has no UTF-8: it becomes U+FFFD before anything else sees it. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

function existingPiece(core: TokenizerCore, id: number): Piece {
  const piece = core.pieces[id];
  if (piece !== undefined) return piece;
  throw new Fault({
    what: 'the tokenizer has no such token',
    where: `token id ${id}`,
    expected: `an id from 0 to ${core.pieces.length - 1} that the vocabulary names`,
  });
}

function tokenName(core: TokenizerCore, id: number | null): string {
  return id === null ? '' : (core.pieces[id]?.text ?? '');
}

/** Bytes of a piece; `space` is what U+2581 stands for: a space in text, itself in what the tokenizer sees. */
function pieceBytes(core: TokenizerCore, piece: Piece, space: string): Uint8Array {
  if (piece.kind === 'byte') return Uint8Array.of(Number.parseInt(piece.text.slice(3, 5), 16));
  if (piece.kind !== 'normal') return Buffer.from(piece.text, 'utf8');
  const { spelling } = core;
  if (spelling === 'byteLevel') return byteLevelBytes(piece.text);
  if (spelling === 'metaspace') return Buffer.from(piece.text.replaceAll(metaspace, space), 'utf8');
  if (spelling === 'wordPiece') return Buffer.from(piece.text.replace(/^##/, ''), 'utf8');
  if (typeof spelling === 'object') return Buffer.from(withoutEnd(piece.text, spelling.endOfWord), 'utf8');
  return Buffer.from(piece.text, 'utf8');
}

const withoutEnd = (text: string, end: string): string =>
  end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text;

function decoded(core: TokenizerCore, ids: readonly number[]): string {
  const { spelling } = core;
  const pieces = ids.map((id) => existingPiece(core, id));
  if (spelling === 'words') return pieces.map((piece) => piece.text).join(' ');
  if (spelling === 'wordPiece')
    return pieces
      .map((piece, index) => (index === 0 || piece.text.startsWith('##') ? '' : ' ') + piece.text.replace(/^##/, ''))
      .join('');
  if (typeof spelling === 'object')
    return pieces
      .map((piece) => endOfWordText(piece, spelling.endOfWord))
      .join('')
      .replace(/ $/, '');
  const bytes = Buffer.concat(pieces.map((piece) => pieceBytes(core, piece, ' ')));
  const text = bytes.toString('utf8');
  return core.dropsLeadingSpace && pieces[0]?.kind === 'normal' && text.startsWith(' ') ? text.slice(1) : text;
}

function endOfWordText(piece: Piece, end: string): string {
  return piece.kind === 'normal' && piece.text.endsWith(end) ? `${withoutEnd(piece.text, end)} ` : piece.text;
}

function spansOf(core: TokenizerCore, text: string, ids: readonly number[]): TokenSpan[] {
  const tokens = silenced(core, text, ids).map(({ id, silent }) => alignedToken(core, id, silent));
  const ends = tokenEnds(
    text,
    tokens,
    core.normalise,
    core.spelling === 'metaspace' ? [Buffer.from(metaspace)] : [Buffer.from(' ')],
  );
  return ids.map((id, index) => ({
    id,
    start: index === 0 ? 0 : (ends[index - 1] ?? 0),
    end: ends[index] ?? 0,
    text: textOfBytes(pieceBytes(core, existingPiece(core, id), ' ')),
  }));
}

/** Tokens put around the text stand for none of it, even where the text spells the same token out. */
function silenced(core: TokenizerCore, text: string, ids: readonly number[]): { id: number; silent: boolean }[] {
  const result = ids.map((id) => ({ id, silent: false }));
  const mark = (around: readonly number[], from: number): void => {
    if (around.length === 0 || around.some((id, index) => ids[from + index] !== id)) return;
    const name = existingPiece(core, around[0] ?? 0).text;
    const spelled = name === '' ? 0 : text.split(name).length - 1;
    if (ids.filter((id) => id === around[0]).length <= spelled) return;
    around.forEach((_, index) => {
      const token = result[from + index];
      if (token !== undefined) token.silent = true;
    });
  };
  mark(core.prefix, 0);
  if (ids.length >= core.prefix.length + core.suffix.length) mark(core.suffix, ids.length - core.suffix.length);
  return result;
}

function alignedToken(core: TokenizerCore, id: number, silent: boolean): AlignedToken {
  const piece = existingPiece(core, id);
  const whole = piece.kind === 'special' || piece.kind === 'added';
  if (silent) return { bytes: new Uint8Array(), whole: true };
  if (whole) return { bytes: Buffer.from([...piece.text].map(core.normalise).join(''), 'utf8'), whole };
  return { bytes: pieceBytes(core, piece, metaspace), whole };
}
