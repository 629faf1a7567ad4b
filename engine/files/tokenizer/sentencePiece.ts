/** A tokenizer from a SentencePiece model file, as SentencePiece itself encodes; special tokens are cut out first. */

import { CharsMap } from './charsMap.ts';
import { checkDense, flag, type Fields } from './fields.ts';
import type { AddedToken } from './libraryCore.ts';
import { scoreBpe } from './scoreBpe.ts';
import { parseSentencePieceModel, type SentencePiece, type SentencePieceModel } from './sentencePieceModel.ts';
import { boundaryIds, chatTemplateOf, configuredTokens, flaggedAround, idsByText } from './specials.ts';
import type { Piece, TokenizerCore } from './tokenizer.ts';
import { unigram } from './unigram.ts';
import { wholeTokenSplitter } from './wholeTokens.ts';

const space = '\u2581';

export function sentencePieceCore(bytes: Uint8Array, config: Fields, model: Fields, generation: Fields): TokenizerCore {
  const file = parseSentencePieceModel(bytes);
  const added = configuredTokens(config);
  const pieces = piecesOf(file, added);
  const rewrite = rewriter(file);
  const ids = { bos_token_id: file.bosId, eos_token_id: file.eosId, ...withoutNulls(model) };
  const boundary = boundaryIds(idsByText(pieces), config, ids, generation, pieces.length);
  return {
    pieces,
    spelling: 'metaspace',
    encode: textEncoder(file, pieces, added, rewrite, flag(config['legacy']) === false),
    normalise: (character) => rewrite(character).replaceAll(' ', space),
    ...boundary,
    ...flaggedAround(config, boundary, { bos: file.bosId !== null && config['tokenizer_class'] !== 'T5Tokenizer' }),
    dropsLeadingSpace: file.addDummyPrefix || file.removeExtraWhitespaces,
    chatTemplate: chatTemplateOf(config['chat_template']),
  };
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

const kinds: Readonly<Record<SentencePiece['type'], Piece['kind']>> = {
  normal: 'normal',
  userDefined: 'normal',
  unused: 'normal',
  byte: 'byte',
  control: 'special',
  unknown: 'unknown',
};

function piecesOf(file: SentencePieceModel, added: readonly AddedToken[]): (Piece | undefined)[] {
  const pieces: (Piece | undefined)[] = file.pieces.map(({ text, type }) => ({ text, kind: kinds[type] }));
  for (const { id, content, special } of added) {
    checkDense(id, file.pieces.length + added.length, 'added_tokens_decoder');
    while (pieces.length < id) pieces.push(undefined);
    pieces[id] = { text: content, kind: special ? 'special' : 'added' };
  }
  return pieces;
}

/** The character map over a stretch; user-defined pieces are left as they are. */
function rewriter(file: SentencePieceModel): (text: string) => string {
  const map = file.charsMap.length === 0 ? null : new CharsMap(file.charsMap, 'tokenizer.model, precompiled_charsmap');
  if (map === null) return (text) => text;
  const protectedPieces = wholeTokenSplitter(userDefined(file));
  return (text) =>
    protectedPieces(text)
      .map((part) => (typeof part === 'number' ? (file.pieces[part]?.text ?? '') : mapped(map, part)))
      .join('');
}

function userDefined(file: SentencePieceModel): (readonly [string, number])[] {
  return file.pieces.flatMap(({ text, type }, id) => (type === 'userDefined' ? [[text, id] as const] : []));
}

function mapped(map: CharsMap, text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  let result = '';
  for (let at = 0; at < bytes.length;) {
    const found = map.longest(bytes, at);
    const first = bytes[at] ?? 0;
    const width = found?.length ?? (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);
    result += found?.text ?? bytes.toString('utf8', at, at + width);
    at += width;
  }
  return result;
}

/** Spaces become U+2581, after one that is put first; runs of them become one and those at the ends go, where the model says so. */
function normalised(file: SentencePieceModel, rewritten: string, first: boolean): string {
  const prefix = file.addDummyPrefix && first ? space : '';
  if (!file.removeExtraWhitespaces) return rewritten === '' ? '' : prefix + rewritten.replaceAll(' ', space);
  const single = rewritten.replace(/^ +/, '').replace(/ +/g, space);
  return single === '' ? '' : (prefix + single).replace(/\u2581+$/, '');
}

function textEncoder(
  file: SentencePieceModel,
  pieces: readonly (Piece | undefined)[],
  added: readonly AddedToken[],
  rewrite: (text: string) => string,
  prefixOnlyFirst: boolean,
): (text: string) => number[] {
  const encode = file.algorithm === 'bpe' ? bpeEncoder(file, pieces) : unigramEncoder(file);
  const controls = pieces.flatMap((piece, id) =>
    piece?.kind === 'special' || piece?.kind === 'unknown' ? [[piece.text, id] as const] : [],
  );
  const split = wholeTokenSplitter([...controls, ...added.map(({ content, id }) => [content, id] as const)]);
  return (text) =>
    split(text).flatMap((part, index) =>
      typeof part === 'number' ? [part] : encode(normalised(file, rewrite(part), index === 0 || !prefixOnlyFirst)),
    );
}

function bpeEncoder(file: SentencePieceModel, pieces: readonly (Piece | undefined)[]): (text: string) => number[] {
  const scores = file.pieces.map(({ score }) => score);
  const encode = scoreBpe(
    file.byteFallback ? pieces.slice(0, scores.length) : pieces.slice(0, scores.length).map(withoutBytes),
    scores,
    file.unknownId,
  );
  const split = wholeTokenSplitter(userDefined(file));
  return (text) => split(text).flatMap((part) => (typeof part === 'number' ? [part] : encode(part)));
}

const withoutBytes = (piece: Piece | undefined): Piece | undefined => (piece?.kind === 'byte' ? undefined : piece);

function unigramEncoder(file: SentencePieceModel): (text: string) => number[] {
  const bytes = new Map(
    file.pieces.flatMap(({ text, type }, id) =>
      type === 'byte' ? [[Number.parseInt(text.slice(3, 5), 16), id] as const] : [],
    ),
  );
  const spell = (text: string): number[] =>
    file.byteFallback && bytes.size === 256
      ? Array.from(Buffer.from(text, 'utf8'), (byte) => bytes.get(byte) ?? file.unknownId)
      : [file.unknownId];
  const rows = file.pieces.flatMap(({ text, score, type }, id) =>
    text !== '' && (type === 'normal' || type === 'userDefined')
      ? [{ text, id, score, userDefined: type === 'userDefined' }]
      : [],
  );
  return unigram(rows, file.unknownId, spell);
}
