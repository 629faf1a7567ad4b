/**
 * Rewrites the parts of a tokenizer.json whose reading by @huggingface/tokenizers 0.2.0 differs from the reference (Rust):
 * digits, words, punctuation and blanks by Unicode and not by ASCII, every split behaviour, splitting at U+2581,
 * `$` in a replacement. What the library can't do at all is a Fault that names it.
 */

import { Fault } from '../../terms/fault.ts';
import { list, record, text, type Fields } from './fields.ts';
import { gpt2Pattern } from './preTokenizers.ts';

const depthLimit = 16;

function refuse(what: string, where: string): never {
  throw new Fault({ what: `${what} is not supported`, where });
}

function typeOf(fields: Fields, where: string): string {
  return text(fields['type'], `${where}.type`);
}

const split = (regex: string, behavior: 'Isolated' | 'Removed' = 'Isolated', invert = false): Fields => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior,
  invert,
});

const sequence = (...pretokenizers: readonly Fields[]): Fields => ({ type: 'Sequence', pretokenizers });

/** Only what matches is kept, each match a piece. */
const matches = (regex: string): Fields => split(regex, 'Removed', true);

/** `\w` as the reference reads it here: with joiners, without fractions and superscripts. */
const wordCharacters = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d';

const punctuation = '[\\p{P}\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e]';

function byteLevel(fields: Fields): Fields {
  const bytes: Fields = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
  const space: Fields = { type: 'Replace', pattern: { Regex: '\\A[^ ]' }, content: ' $&' };
  return sequence(
    ...(fields['add_prefix_space'] === true ? [space] : []),
    ...(fields['use_regex'] === false ? [] : [split(gpt2Pattern)]),
    bytes,
  );
}

function metaspace(fields: Fields): Fields {
  const scheme = fields['prepend_scheme'] ?? (fields['add_prefix_space'] === false ? 'never' : 'always');
  const replacement = text(fields['replacement'] ?? '\u2581', 'pre_tokenizer.replacement');
  const replace: Fields = { type: 'Metaspace', replacement, prepend_scheme: scheme };
  return fields['split'] === false
    ? replace
    : sequence(replace, byBehaviour(escaped(replacement), 'MergedWithNext', 'Metaspace'));
}

const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** A split in which matches stay alone, stick together, or stick to what is before or after them. */
function byBehaviour(regex: string, behaviour: unknown, where: string): Fields {
  const other = `(?:(?!${regex})[\\s\\S])*`;
  switch (behaviour) {
    case 'Isolated':
      return split(regex);
    case 'Removed':
      return split(regex, 'Removed');
    case 'Contiguous':
      return split(`(?:${regex})+`);
    case 'MergedWithPrevious':
      return split(`${other}(?:${regex})`);
    case 'MergedWithNext':
      return split(`(?:${regex})${other}`);
    default:
      return refuse(`split behaviour ${String(behaviour)}`, where);
  }
}

function patternOf(fields: Fields, where: string): string {
  const pattern = record(fields['pattern'], `${where}.pattern`);
  if (pattern['String'] !== undefined) return escaped(text(pattern['String'], `${where}.pattern.String`));
  return text(pattern['Regex'], `${where}.pattern.Regex`);
}

function splitOf(fields: Fields, where: string): Fields {
  const regex = patternOf(fields, where);
  if (regex === '') refuse('an empty pattern', where);
  const inverted = fields['invert'] === true;
  if (inverted && fields['behavior'] === 'Removed') return matches(regex);
  // An isolated piece is one either way; the other behaviours have no use inverted.
  if (inverted && fields['behavior'] !== 'Isolated')
    refuse(`an inverted split of behaviour ${String(fields['behavior'])}`, where);
  return byBehaviour(regex, fields['behavior'], where);
}

/** A pre-tokenizer that the library reads as the reference does. */
export function canonicalPreTokenizer(value: unknown): Fields | null {
  return value === null || value === undefined ? null : canonicalStep(value, 'pre_tokenizer', 0);
}

function canonicalStep(value: unknown, where: string, depth: number): Fields {
  if (depth > depthLimit) refuse('nesting this deep', where);
  const fields = record(value, where);
  const type = typeOf(fields, where);
  switch (type) {
    case 'Sequence':
      return sequence(
        ...list(fields['pretokenizers'], `${where}.pretokenizers`).flatMap((part, index) =>
          part === null ? [] : [canonicalStep(part, `${where}.pretokenizers[${index}]`, depth + 1)],
        ),
      );
    case 'ByteLevel':
      return byteLevel(fields);
    case 'Metaspace':
      return metaspace(fields);
    case 'Split':
      return splitOf(fields, where);
    case 'Digits':
      return split(fields['individual_digits'] === true ? '\\p{N}' : '\\p{N}+');
    case 'Punctuation':
      return byBehaviour(punctuation, fields['behavior'] ?? 'Isolated', where);
    case 'Whitespace':
      return matches(`[${wordCharacters}]+|[^${wordCharacters}\\s]+`);
    case 'WhitespaceSplit':
      return matches('\\S+');
    case 'BertPreTokenizer':
      return sequence(matches('\\S+'), split(punctuation));
    case 'CharDelimiterSplit':
      return split(escaped(text(fields['delimiter'], `${where}.delimiter`)), 'Removed');
    default:
      return refuse(`pre-tokenizer "${type}"`, where);
  }
}

const replacement = (regex: string, content: string): Fields => ({
  type: 'Replace',
  pattern: { Regex: regex },
  content,
});

/** A capital sigma becomes σ wherever it stands; JavaScript would write ς at a word's end. */
const plainSigma = replacement('Σ', 'σ');

/** A normalizer as a flat list of steps that the library reads as the reference does; `Precompiled` is left as it is. */
export function canonicalNormalizers(value: unknown, where = 'normalizer', depth = 0): readonly Fields[] {
  if (value === null || value === undefined) return [];
  if (depth > depthLimit) refuse('nesting this deep', where);
  const fields = record(value, where);
  const type = typeOf(fields, where);
  switch (type) {
    case 'Sequence':
      return list(fields['normalizers'], `${where}.normalizers`).flatMap((part, index) =>
        canonicalNormalizers(part, `${where}.normalizers[${index}]`, depth + 1),
      );
    case 'Replace': {
      const pattern = { Regex: patternOf(fields, where) };
      return [{ type, pattern, content: text(fields['content'], `${where}.content`).replaceAll('$', '$$$$') }];
    }
    case 'Prepend':
      return [{ type, prepend: text(fields['prepend'], `${where}.prepend`) }];
    case 'Lowercase':
      return [plainSigma, { type }];
    case 'Strip':
      return [
        ...(fields['strip_left'] === true ? [replacement('\\A\\s+', '')] : []),
        ...(fields['strip_right'] === true ? [replacement('\\s+\\z', '')] : []),
      ];
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
    case 'StripAccents':
    case 'Precompiled':
      return [fields];
    case 'BertNormalizer':
      return [...(fields['lowercase'] === true ? [plainSigma] : []), fields];
    default:
      return refuse(`normalizer "${type}"`, where);
  }
}
