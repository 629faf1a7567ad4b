/** The tokenizer that a GGUF file carries in its metadata (`tokenizer.ggml.*`). */

import { Fault } from '../../terms/fault.ts';
import { flag, idOrNull, tokenId } from './fields.ts';
import { libraryCore, type AddedToken, type LibraryParts } from './libraryCore.ts';
import { byteLevelPreTokenizer, namedPreTokenizer, type NamedPreTokenizer } from './preTokenizers.ts';
import { scoreBpe } from './scoreBpe.ts';
import type { Piece, TokenizerCore } from './tokenizer.ts';
import { wholeTokenSplitter } from './wholeTokens.ts';

export type Metadata = ReadonlyMap<string, unknown>;

const key = (name: string): string => `tokenizer.ggml.${name}`;

/** Token types of the format, from 1: normal, unknown, control, user-defined, unused, byte. */
const kinds: readonly Piece['kind'][] = ['normal', 'normal', 'unknown', 'special', 'added', 'normal', 'byte'];

interface Vocabulary {
  readonly pieces: readonly Piece[];
  readonly types: ArrayLike<number> | undefined;
}

export function ggufCore(metadata: Metadata): TokenizerCore {
  const model = metadata.get(key('model'));
  if (model === 'gpt2') return byteLevelCore(metadata);
  if (model === 'llama') return scoreCore(metadata);
  throw new Fault({
    what:
      model === undefined
        ? 'the file carries no tokenizer'
        : `tokenizers of the kind "${String(model)}" are not supported`,
    where: key('model'),
    expected: 'gpt2 or llama',
  });
}

function strings(metadata: Metadata, name: string): readonly string[] {
  const value = metadata.get(key(name));
  if (!Array.isArray(value))
    throw new Fault({ what: 'missing or no list', where: key(name), expected: 'a list of strings' });
  const wrong = value.findIndex((item) => typeof item !== 'string');
  if (wrong >= 0) throw new Fault({ what: 'not a string', where: `${key(name)}[${wrong}]`, got: typeof value[wrong] });
  return value as readonly string[];
}

function numbers(metadata: Metadata, name: string, count: number): ArrayLike<number> | undefined {
  const value = metadata.get(key(name));
  if (value === undefined) return undefined;
  const isNumbers = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  const values = isNumbers ? Array.from(value as ArrayLike<unknown>, Number) : [];
  if (values.length < count || values.some((item) => !Number.isFinite(item)))
    throw new Fault({
      what: 'not one number a token',
      where: key(name),
      expected: `${count} numbers`,
      got: `${values.length}`,
    });
  return values;
}

function vocabularyOf(metadata: Metadata): Vocabulary {
  const tokens = strings(metadata, 'tokens');
  const types = numbers(metadata, 'token_type', tokens.length);
  const seen = new Map<string, number>();
  const pieces = tokens.map((token, id): Piece => {
    const text = token === '' ? `[EMPTY_${id}]` : token;
    const other = seen.get(text);
    if (other !== undefined)
      throw new Fault({
        what: `the same token twice: "${text.slice(0, 80)}"`,
        where: key('tokens'),
        got: `ids ${other} and ${id}`,
      });
    seen.set(text, id);
    return { text, kind: kindOf(types, text, id) };
  });
  return { pieces, types };
}

function kindOf(types: ArrayLike<number> | undefined, text: string, id: number): Piece['kind'] {
  const kind = types === undefined ? 'normal' : kinds[types[id] ?? 1];
  if (kind === undefined)
    throw new Fault({
      what: 'unknown token type',
      where: `${key('token_type')}[${id}]`,
      expected: '0 to 6',
      got: String(types?.[id]),
    });
  if (kind === 'byte' && !/^<0x[0-9A-Fa-f]{2}>$/.test(text))
    throw new Fault({
      what: 'a byte token that names no byte',
      where: `${key('tokens')}[${id}]`,
      expected: '<0x00> to <0xFF>',
      got: text.slice(0, 80),
    });
  return kind;
}

type Boundaries = Pick<TokenizerCore, 'bosId' | 'eosIds' | 'prefix' | 'suffix' | 'chatTemplate'>;

/** Texts that end a turn or a document wherever they are control tokens. */
const endTexts = new Set([
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|return|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '<|eom_id|>',
  '<|end_of_text|>',
  '<EOT>',
  '</s>',
]);

function boundaries(
  metadata: Metadata,
  pieces: readonly Piece[],
  usually: { bos: boolean; bosId: number | null; eosId: number | null },
): Boundaries {
  const named = (name: string): number | null => {
    const value = metadata.get(key(name));
    return value === undefined ? null : idWithin(tokenId(value, key(name)), key(name), pieces.length);
  };
  const bosId = named('bos_token_id') ?? usually.bosId;
  const eosId = named('eos_token_id') ?? usually.eosId;
  const ends = pieces.flatMap((piece, id) => (piece.kind === 'special' && endTexts.has(piece.text) ? [id] : []));
  const eosIds = [eosId, named('eot_token_id'), named('eom_token_id'), ...ends].filter((id) => id !== null);
  const template = metadata.get('tokenizer.chat_template');
  return {
    bosId,
    eosIds: [...new Set(eosIds)],
    prefix: (flag(metadata.get(key('add_bos_token'))) ?? usually.bos) ? [required(bosId, 'bos_token_id')] : [],
    suffix: metadata.get(key('add_eos_token')) === true ? [required(eosId, 'eos_token_id')] : [],
    chatTemplate: typeof template === 'string' && template !== '' ? template : null,
  };
}

function idWithin(id: number, where: string, count: number): number {
  if (id < count) return id;
  throw new Fault({ what: 'no such token', where, expected: `an id from 0 to ${count - 1}`, got: String(id) });
}

function required(id: number | null, name: string): number {
  if (id === null) throw new Fault({ what: 'the file asks for a token that it does not name', where: key(name) });
  return id;
}

// ---- Byte-level BPE with merges ----

function byteLevelCore(metadata: Metadata): TokenizerCore {
  const { pieces, parts, ...bounds } = byteLevelParts(metadata);
  return { ...libraryCore(parts), pieces, dropsLeadingSpace: false, ...bounds };
}

/** What a tokenizer.json of the same tokenizer is made of. Throws Fault where the metadata has none of this kind. */
export function byteLevelParts(
  metadata: Metadata,
): Boundaries & { readonly pieces: readonly Piece[]; readonly parts: LibraryParts } {
  const pre = metadata.get(key('pre'));
  const named = namedPreTokenizer(
    typeof pre === 'string' ? pre : undefined,
    String(metadata.get('general.architecture') ?? ''),
  );
  const { pieces } = vocabularyOf(metadata);
  const vocabulary = new Map(pieces.map((piece, id) => [piece.text, id]));
  const parts: LibraryParts = {
    model: byteLevelModel(vocabulary, strings(metadata, 'merges'), named),
    normalizers: named.normalizer === undefined ? [] : [{ type: named.normalizer }],
    preTokenizer: byteLevelPreTokenizer(named),
    added: pieces.flatMap((piece, id) => addedOf(piece, id)),
    vocabulary,
    spelling: 'byteLevel',
    byteFallback: false,
  };
  return {
    ...{ pieces, parts },
    ...boundaries(metadata, pieces, { bos: named.addsBos === true, bosId: null, eosId: null }),
  };
}

function addedOf(piece: Piece, id: number): AddedToken[] {
  if (piece.kind === 'normal' || piece.kind === 'byte') return [];
  return [
    { id, content: piece.text, special: piece.kind !== 'added', normalized: false, lstrip: false, rstrip: false },
  ];
}

/** Merges are written "left right"; a left part may begin with a space. */
function byteLevelModel(
  vocabulary: ReadonlyMap<string, number>,
  merges: readonly string[],
  named: NamedPreTokenizer,
): Readonly<Record<string, unknown>> {
  const pairs = merges.map((merge, index) => {
    const space = merge.indexOf(' ', 1);
    if (space < 0 || space === merge.length - 1)
      throw new Fault({ what: 'a merge is two pieces', where: `${key('merges')}[${index}]`, got: merge.slice(0, 80) });
    return [merge.slice(0, space), merge.slice(space + 1)];
  });
  return {
    type: 'BPE',
    vocab: Object.fromEntries(vocabulary),
    merges: pairs,
    ignore_merges: named.ignoreMerges === true,
  };
}

// ---- SentencePiece BPE with scores ----

function scoreCore(metadata: Metadata): TokenizerCore {
  const { pieces } = vocabularyOf(metadata);
  const scores = numbers(metadata, 'scores', pieces.length);
  if (scores === undefined)
    throw new Fault({ what: 'missing', where: key('scores'), expected: `${pieces.length} numbers` });
  const unknown = metadata.get(key('unknown_token_id'));
  const encode = scoreBpe(
    pieces,
    scores,
    unknown === undefined ? idOrNull(0, pieces.length) : tokenId(unknown, key('unknown_token_id')),
  );
  const prefixSpace = flag(metadata.get(key('add_space_prefix'))) ?? true;
  const split = wholeTokenSplitter(wholeTokens(pieces));
  return {
    pieces,
    spelling: 'metaspace',
    encode: (text) => encodeStretches(split(text), encode, prefixSpace),
    normalise: (character) => character.replaceAll(' ', '\u2581'),
    dropsLeadingSpace: prefixSpace,
    ...boundaries(metadata, pieces, {
      bos: true,
      bosId: idOrNull(1, pieces.length),
      eosId: idOrNull(2, pieces.length),
    }),
  };
}

function wholeTokens(pieces: readonly Piece[]): (readonly [string, number])[] {
  return pieces.flatMap(({ text, kind }, id) => (kind === 'normal' || kind === 'byte' ? [] : [[text, id] as const]));
}

/** Each stretch of text after a whole token, like the first, gets the space before it. */
function encodeStretches(
  stretches: readonly (number | string)[],
  encode: (text: string) => number[],
  prefixSpace: boolean,
): number[] {
  return stretches.flatMap((stretch) => {
    if (typeof stretch === 'number') return [stretch];
    return encode((prefixSpace ? '\u2581' : '') + stretch.replaceAll(' ', '\u2581'));
  });
}
