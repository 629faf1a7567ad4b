/** A tokenizer.json, read from a file or built from other files, run by @huggingface/tokenizers. */

import { Tokenizer } from '@huggingface/tokenizers';

import { Fault } from '../../terms/fault.ts';
import { CharsMap, precompiled } from './charsMap.ts';
import { canonicalNormalizers, canonicalPreTokenizer } from './canonical.ts';
import { checkDense, isRecord, list, record, text, tokenId, type Fields } from './fields.ts';
import type { Piece, PieceSpelling, TokenizerCore } from './tokenizer.ts';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/** A checked tokenizer.json. */
export interface LibraryParts {
  readonly model: Fields;
  readonly normalizers: readonly Fields[];
  readonly preTokenizer: Fields | null;
  readonly added: readonly AddedToken[];
  /** Vocabulary of the model, without the added tokens. */
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly spelling: PieceSpelling;
  readonly byteFallback: boolean;
}

export type LibraryCore = Pick<TokenizerCore, 'pieces' | 'spelling' | 'encode' | 'normalise'>;

/** What is used of the library, whose own declarations don't resolve under `nodenext`. */
interface LibraryTokenizer {
  normalizer: ((text: string) => string) | null;
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: readonly number[] };
}
const Library: new (json: object, config: object) => LibraryTokenizer = Tokenizer;

/** Ids, pieces and normalisation of a tokenizer.json; the rest of a core comes from the files around it. */
export function libraryCore(parts: LibraryParts): LibraryCore {
  const tokenizer = guarded(() => construct(parts));
  return {
    pieces: piecesOf(parts),
    spelling: parts.spelling,
    encode: (input) => encoded(tokenizer, input),
    normalise: characterNormaliser(parts),
  };
}

function construct(parts: LibraryParts): LibraryTokenizer {
  const hasMap = parts.normalizers.some((step) => step['type'] === 'Precompiled');
  if (!hasMap) return constructed(parts);
  const tokenizer = constructed({ ...parts, normalizers: [] });
  tokenizer.normalizer = normaliserOf(parts.normalizers);
  return tokenizer;
}

function constructed(parts: Pick<LibraryParts, 'model' | 'normalizers' | 'preTokenizer' | 'added'>): LibraryTokenizer {
  const json = {
    model: parts.model,
    normalizer: parts.normalizers.length === 0 ? null : { type: 'Sequence', normalizers: parts.normalizers },
    pre_tokenizer: parts.preTokenizer,
    post_processor: null,
    decoder: null,
    added_tokens: parts.added,
  };
  return new Library(json, { unk_token: parts.model['unk_token'] });
}

/** What the library throws at a malformed file becomes a Fault; a Fault passes. */
function guarded<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault({ what: 'the tokenizer could not be built', where: 'tokenizer', got: String(error).slice(0, 200) });
  }
}

function encoded(tokenizer: LibraryTokenizer, input: string): number[] {
  const { ids } = guarded(() => tokenizer.encode(input, { add_special_tokens: false }));
  const outside = ids.findIndex((id) => !Number.isInteger(id));
  if (outside >= 0)
    throw new Fault({
      what: 'the text has a piece that the vocabulary lacks, and there is no unknown token',
      where: `piece ${outside}`,
    });
  return [...ids];
}

const byteToken = /^<0x[0-9A-Fa-f]{2}>$/;

function piecesOf(parts: LibraryParts): (Piece | undefined)[] {
  const unknown = parts.model['unk_token'];
  const highest = highestId(parts);
  checkDense(highest, parts.vocabulary.size + parts.added.length, 'tokenizer');
  const pieces = new Array<Piece | undefined>(highest + 1).fill(undefined);
  for (const [piece, id] of parts.vocabulary)
    pieces[id] = {
      text: piece,
      kind: piece === unknown ? 'unknown' : parts.byteFallback && byteToken.test(piece) ? 'byte' : 'normal',
    };
  for (const { id, content, special } of parts.added)
    pieces[id] = { text: content, kind: special ? 'special' : 'added' };
  return pieces;
}

function highestId(parts: LibraryParts): number {
  let highest = -1;
  for (const id of parts.vocabulary.values()) highest = Math.max(highest, id);
  for (const { id } of parts.added) highest = Math.max(highest, id);
  return highest;
}

/** Steps that change a text at its ends only; the alignment knows about them. */
const endSteps = (step: Fields): boolean => {
  const pattern = isRecord(step['pattern']) ? step['pattern']['Regex'] : undefined;
  return step['type'] === 'Prepend' || pattern === '\\A\\s+' || pattern === '\\s+\\z';
};

type Normaliser = (text: string) => string;

/** The normalizer's steps as one function; the library's reading of a precompiled map is rough, so that is done here. */
function normaliserOf(steps: readonly Fields[]): Normaliser | null {
  const at = steps.findIndex((step) => step['type'] === 'Precompiled');
  if (at < 0) return libraryNormaliser(steps);
  const blob = Buffer.from(text(steps[at]?.['precompiled_charsmap'], 'normalizer.precompiled_charsmap'), 'base64');
  const before = libraryNormaliser(steps.slice(0, at));
  const map = precompiled(new CharsMap(blob, 'normalizer.precompiled_charsmap'));
  const after = normaliserOf(steps.slice(at + 1));
  return (input) => {
    const changed = map(before === null ? input : before(input));
    return after === null ? changed : after(changed);
  };
}

function libraryNormaliser(normalizers: readonly Fields[]): Normaliser | null {
  const model = { type: 'WordLevel', vocab: {} };
  return constructed({ model, normalizers, preTokenizer: null, added: [] }).normalizer;
}

function characterNormaliser(parts: LibraryParts): Normaliser {
  const normaliser = guarded(() => normaliserOf(parts.normalizers.filter((step) => !endSteps(step))));
  const marks = parts.spelling === 'metaspace';
  return (character) => {
    const changed = normaliser === null ? character : normaliser(character);
    return marks ? changed.replaceAll(' ', '\u2581') : changed;
  };
}

/** Checks and completes a tokenizer.json. `more` are added tokens from the files around it. */
export function partsOf(json: unknown, more: readonly AddedToken[] = []): LibraryParts {
  const fields = record(json, 'tokenizer.json');
  const model = checkedModel(record(fields['model'], 'tokenizer.json.model'));
  const own = list(fields['added_tokens'] ?? [], 'added_tokens').map((token, index) =>
    addedToken(token, undefined, `added_tokens[${index}]`),
  );
  const known = new Set(own.map(({ content }) => content));
  const added = [...own, ...more.filter(({ content }) => !known.has(content))];
  const spelling = spellingOf(fields);
  return {
    model: model.fields,
    normalizers: canonicalNormalizers(fields['normalizer']),
    preTokenizer: canonicalPreTokenizer(fields['pre_tokenizer']),
    added,
    vocabulary: model.vocabulary,
    spelling,
    byteFallback: model.fields['byte_fallback'] === true,
  };
}

export function addedToken(value: unknown, id: number | undefined, where: string): AddedToken {
  const fields = record(value, where);
  const content = text(fields['content'], `${where}.content`);
  if (content === '') throw new Fault({ what: 'an added token without text', where });
  if (fields['single_word'] === true)
    throw new Fault({ what: 'added tokens that match single words only are not supported', where, got: content });
  const special = fields['special'] === true;
  return {
    id: id ?? tokenId(fields['id'], `${where}.id`),
    content,
    special,
    normalized: fields['normalized'] === undefined ? !special : fields['normalized'] === true,
    lstrip: fields['lstrip'] === true,
    rstrip: fields['rstrip'] === true,
  };
}

interface CheckedModel {
  readonly fields: Fields;
  readonly vocabulary: ReadonlyMap<string, number>;
}

function checkedModel(model: Fields): CheckedModel {
  const type = model['type'] ?? guessedType(model);
  switch (type) {
    case 'BPE':
      return checkedBpe(model);
    case 'Unigram':
      return checkedUnigram(model);
    case 'WordLevel':
    case 'WordPiece':
      return { fields: { ...model, type }, vocabulary: vocabularyOf(model['vocab']) };
    default:
      throw new Fault({
        what: 'unknown tokenizer model',
        where: 'model.type',
        expected: 'BPE, Unigram, WordPiece or WordLevel',
        got: String(type),
      });
  }
}

function guessedType(model: Fields): string | undefined {
  if (Array.isArray(model['merges'])) return 'BPE';
  return Array.isArray(model['vocab']) ? 'Unigram' : undefined;
}

function vocabularyOf(value: unknown): ReadonlyMap<string, number> {
  const entries = Object.entries(record(value, 'model.vocab'));
  return new Map(entries.map(([piece, id]) => [piece, tokenId(id, `model.vocab["${piece.slice(0, 40)}"]`)]));
}

function checkedBpe(model: Fields): CheckedModel {
  const vocabulary = vocabularyOf(model['vocab']);
  const unsupported = ['continuing_subword_prefix', 'continuing_subword_suffix'].find(
    (key) => typeof model[key] === 'string' && model[key] !== '',
  );
  if (unsupported !== undefined) throw new Fault({ what: `BPE with ${unsupported} is not supported`, where: 'model' });
  const merges = list(model['merges'], 'model.merges').map((merge, index) => checkedMerge(merge, index, vocabulary));
  return { fields: { ...model, type: 'BPE', merges }, vocabulary };
}

function checkedMerge(
  merge: unknown,
  index: number,
  vocabulary: ReadonlyMap<string, number>,
): readonly [string, string] {
  const [left, right, ...rest] = typeof merge === 'string' ? merge.split(' ') : list(merge, `model.merges[${index}]`);
  if (typeof left !== 'string' || typeof right !== 'string' || rest.length > 0)
    throw new Fault({
      what: 'a merge is two pieces',
      where: `model.merges[${index}]`,
      got: JSON.stringify(merge).slice(0, 80),
    });
  const missing = [left, right, left + right].find((piece) => !vocabulary.has(piece));
  if (missing !== undefined)
    throw new Fault({
      what: 'a merge of a piece that the vocabulary lacks',
      where: `model.merges[${index}]`,
      got: missing.slice(0, 80),
    });
  return [left, right];
}

function checkedUnigram(model: Fields): CheckedModel {
  if (model['byte_fallback'] === true)
    throw new Fault({ what: 'a unigram model with byte fallback is read from tokenizer.model only', where: 'model' });
  const rows = list(model['vocab'], 'model.vocab').map((row, index) => checkedScore(row, index));
  const vocabulary = new Map(rows.map(([piece], id) => [piece, id]));
  const unknownId = tokenId(model['unk_id'], 'model.unk_id');
  const unknown = rows[unknownId];
  if (unknown === undefined)
    throw new Fault({ what: 'unknown token outside of the vocabulary', where: 'model.unk_id', got: String(unknownId) });
  return { fields: { ...model, type: 'Unigram', vocab: rows, unk_token: unknown[0] }, vocabulary };
}

function checkedScore(row: unknown, index: number): readonly [string, number] {
  const [piece, score] = list(row, `model.vocab[${index}]`);
  if (typeof piece !== 'string' || piece === '' || typeof score !== 'number' || !Number.isFinite(score))
    throw new Fault({
      what: 'a row is a piece and its score',
      where: `model.vocab[${index}]`,
      got: JSON.stringify(row).slice(0, 80),
    });
  return [piece, score];
}

/** How pieces stand for bytes, from the decoder; without one, a byte-level pre-tokenizer tells. */
function spellingOf(json: Fields): PieceSpelling {
  const kinds = typesWithin(json['decoder']);
  if (kinds.includes('ByteLevel')) return 'byteLevel';
  if (kinds.includes('Metaspace') || kinds.includes('ByteFallback') || kinds.includes('Replace')) return 'metaspace';
  if (kinds.includes('WordPiece')) return 'wordPiece';
  if (kinds.includes('BPEDecoder')) return { endOfWord: endOfWord(json) };
  if (kinds.length > 0 && !kinds.every((kind) => kind === 'Fuse' || kind === 'Strip'))
    throw new Fault({ what: `decoder "${kinds.join(', ')}" is not supported`, where: 'decoder' });
  if (typesWithin(json['pre_tokenizer']).includes('ByteLevel')) return 'byteLevel';
  return kinds.length === 0 ? 'words' : 'plain';
}

function endOfWord(json: Fields): string {
  const decoder = json['decoder'];
  const suffix = isRecord(decoder) ? decoder['suffix'] : undefined;
  return typeof suffix === 'string' ? suffix : '</w>';
}

/** Types of a component and of the components within it, breadth first, as far as they nest sensibly. */
function typesWithin(component: unknown): string[] {
  return componentsWithin(component).flatMap((part) => (typeof part['type'] === 'string' ? [part['type']] : []));
}

export function componentsWithin(component: unknown, depth = 0): Fields[] {
  if (!isRecord(component) || depth > 16) return [];
  if (component['type'] !== 'Sequence') return [component];
  const children = ['decoders', 'pretokenizers', 'normalizers', 'processors'].flatMap((key) => {
    const value = component[key];
    return Array.isArray(value) ? value : [];
  });
  return children.flatMap((child) => componentsWithin(child, depth + 1));
}
