/** Every id that the reference libraries give (fixtures/make/tokenizerFiles.py), without one exception. */
import { describe, expect, it } from 'vitest';

import { readGguf } from '../../engine/files/gguf.ts';
import { createTokenizer } from '../../engine/files/tokenizer/index.ts';
import { digest, fixture, fixtureBytes, fixtureText, mismatches, realModel } from './fixtures.ts';

interface Variant {
  readonly changed: Record<string, unknown>;
  readonly special: boolean;
  readonly ids: readonly string[];
  readonly texts: readonly string[];
}

interface Variants {
  readonly base: Record<string, unknown> & { readonly model: Record<string, unknown> };
  readonly variants: Record<string, Variant>;
}

interface SentencePieceGolden {
  readonly ids: readonly (readonly number[])[];
  readonly texts: readonly string[];
  readonly metadata?: Record<string, unknown>;
}

const byteLevel = fixture<Variants & { readonly named: Record<string, readonly string[]> }>('byteLevel.json');
const others = {
  ...fixture<Record<string, Variants>>('metaspace.json'),
  precompiled: fixture<Variants>('precompiled.json'),
};

function variantJson(set: Variants, { changed }: Variant): Record<string, unknown> {
  const model = { ...set.base.model, ...(changed['model'] as Record<string, unknown> | undefined) };
  return { ...set.base, ...changed, model };
}

function expectVariant(set: Variants, variant: Variant): void {
  const tokenizer = createTokenizer({ kind: 'json', tokenizer: variantJson(set, variant), config: {} });
  const ids = (text: string): number[] => tokenizer.encode(text, { special: variant.special });
  expect(mismatches(variant.ids, (text) => digest(ids(text)))).toEqual([]);
  expect(mismatches(variant.texts, (text) => digest(tokenizer.decode(ids(text))))).toEqual([]);
}

/** The base vocabulary as a GGUF file would carry it. */
function metadataOf(pre: string): Map<string, unknown> {
  const { vocab, merges } = byteLevel.base.model as { vocab: Record<string, number>; merges: [string, string][] };
  const tokens = Object.entries(vocab)
    .sort(([, one], [, other]) => one - other)
    .map(([token]) => token);
  return new Map<string, unknown>([
    ['tokenizer.ggml.model', 'gpt2'],
    ['tokenizer.ggml.pre', pre],
    ['tokenizer.ggml.tokens', tokens],
    ['tokenizer.ggml.merges', merges.map((pair) => pair.join(' '))],
    ['tokenizer.ggml.token_type', tokens.map((token) => (token.startsWith('<|') ? 3 : 1))],
    ['tokenizer.ggml.bos_token_id', 0],
  ]);
}

describe('a GGUF file with byte-level BPE', () => {
  it.each(Object.entries(byteLevel.named))('cuts text as the models named %s do', (pre, ids) => {
    const tokenizer = createTokenizer({ kind: 'gguf', metadata: metadataOf(pre) });
    expect(mismatches(ids, (text) => digest(tokenizer.encode(text, { special: false })))).toEqual([]);
  });
});

describe('a byte-level tokenizer.json', () => {
  it.each(Object.entries(byteLevel.variants))('gives the ids and texts of the reference: %s', (_, variant) =>
    expectVariant(byteLevel, variant),
  );
});

describe('any other tokenizer.json', () => {
  const rows = Object.values(others).flatMap((set) =>
    Object.entries(set.variants).map(([name, variant]) => ({ name, set, variant })),
  );
  it.each(rows)('gives the ids and texts of the reference: $name', ({ set, variant }) => expectVariant(set, variant));
});

describe('vocab.json and merges.txt', () => {
  it('give the ids of the reference', () => {
    const tokenizer = createTokenizer({
      kind: 'vocabAndMerges',
      vocab: fixture('vocab.json'),
      merges: fixtureText('merges.txt'),
      config: { additional_special_tokens: ['<|im_start|>', '<|im_end|>'] },
    });
    const { ids } = fixture<{ ids: number[][] }>('gpt2.json');
    expect(mismatches(ids, (text) => tokenizer.encode(text))).toEqual([]);
  });
});

/** Text that spells a control token is that token here, and plain text to SentencePiece alone. */
const spelled = /<s>|<\/s>|<unk>/;

describe('a SentencePiece model', () => {
  it.each(['spmBpe', 'spmBpeUnknown', 'spmUnigram', 'spmUnigramBytes'])(
    'gives the ids and texts of the reference: %s',
    (name) => {
      const tokenizer = createTokenizer({
        kind: 'sentencePieceModel',
        bytes: fixtureBytes(`${name}.model`),
        config: {},
      });
      const golden = fixture<SentencePieceGolden>(`${name}.json`);
      const ids = (text: string): number[] => tokenizer.encode(text, { special: false });
      // An unknown piece is shown as its name here and as a sign in SentencePiece.
      const texts = golden.texts.map((text, index) => (golden.ids[index]?.includes(0) === true ? null : text));
      expect(mismatches(golden.ids, ids, spelled)).toEqual([]);
      expect(
        mismatches(texts, (text) => (ids(text).includes(0) ? null : tokenizer.decode(ids(text))), spelled),
      ).toEqual([]);
    },
  );

  it('gives the same ids from the metadata of a GGUF file', () => {
    const { ids, metadata } = fixture<SentencePieceGolden>('spmBpe.json');
    const tokenizer = createTokenizer({ kind: 'gguf', metadata: new Map(Object.entries(metadata ?? {})) });
    const encode = (text: string): number[] => tokenizer.encode(text, { special: false });
    expect(mismatches(ids, encode, /<s>|<\/s>|<unk>|<\|user/)).toEqual([]);
    expect(encode('a<|user|>b')).toEqual([...encode('a'), 3, ...encode('b')]);
    expect(tokenizer.encode('a')[0]).toBe(1);
    expect(tokenizer.addsBos).toBe(true);
  });
});

const model = realModel();

describe.skipIf(model === null)('the real model (left out where it is absent)', () => {
  it('gives the ids of the reference', () => {
    const { metadata } = readGguf(model ?? '');
    const tokenizer = createTokenizer({ kind: 'gguf', metadata });
    const { ids } = fixture<{ ids: number[][] }>('smollm2.json');
    expect(mismatches(ids, (text) => tokenizer.encode(text))).toEqual([]);
    expect(tokenizer.vocabularySize).toBe(49152);
  });
});
