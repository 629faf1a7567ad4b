import { describe, expect, it } from 'vitest';

import type { TokenizerSource } from '../../engine/files/modelFiles.ts';
import { preTokenizerNames } from '../../engine/files/tokenizer/preTokenizers.ts';
import { checkVocabulary, createTokenizer } from '../../engine/files/tokenizer/index.ts';
import { fixture, fixtureBytes, fixtureText } from './fixtures.ts';

type Json = Record<string, unknown>;

const base = fixture<{ readonly base: Json & { readonly model: Json } }>('byteLevel.json').base;
const spm = fixture<{ readonly metadata: Json }>('spmBpe.json').metadata;

const json = (changed: Json, config: Json = {}): TokenizerSource => ({
  kind: 'json',
  tokenizer: { ...base, ...changed },
  config,
});
const gguf = (changed: Json): TokenizerSource => ({
  kind: 'gguf',
  metadata: new Map(Object.entries({ ...spm, ...changed })),
});
const model = (changed: Json): Json => ({ model: { ...base.model, ...changed } });

describe('the tokens around a text', () => {
  it('come from tokenizer_config.json where tokenizer.json has no post-processor', () => {
    const tokenizer = createTokenizer(
      json({}, { add_bos_token: true, bos_token: { content: '<|im_start|>' }, eos_token: '<|im_end|>' }),
    );
    expect(tokenizer.encode('a')).toEqual([1, ...tokenizer.encode('a', { special: false })]);
    expect([tokenizer.bosId, tokenizer.eosIds, tokenizer.addsBos]).toEqual([1, [2], true]);
  });

  it('come from the ids of config.json and generation_config.json last', () => {
    const tokenizer = createTokenizer(json({}), { bos_token_id: 0, eos_token_id: 1 }, { eos_token_id: [2, 1] });
    expect([tokenizer.bosId, tokenizer.eosIds, tokenizer.addsBos]).toEqual([0, [2, 1], false]);
  });

  it('come from add_bos_token for the two files of GPT-2', () => {
    const config = { add_bos_token: true, bos_token: '<|endoftext|>', tokenizer_class: 'GPT2Tokenizer' };
    const tokenizer = createTokenizer({
      kind: 'vocabAndMerges',
      vocab: fixture('vocab.json'),
      merges: fixtureText('merges.txt'),
      config,
    });
    expect(tokenizer.encode('')).toEqual([0]);
  });

  it('are BOS for a SentencePiece model, unless its configuration says no', () => {
    const source = (config: Json): TokenizerSource => ({
      kind: 'sentencePieceModel',
      bytes: fixtureBytes('spmBpe.model'),
      config,
    });
    expect(createTokenizer(source({})).encode('')).toEqual([1]);
    expect(createTokenizer(source({ add_bos_token: false, add_eos_token: true })).encode('')).toEqual([2]);
  });

  it('are left out of a decoded text on demand', () => {
    const tokenizer = createTokenizer(gguf({}));
    expect(tokenizer.decode(tokenizer.encode('the keys'), { special: false })).toBe('the keys');
    expect(tokenizer.decode(tokenizer.encode('the keys'))).toBe('<s> the keys');
  });

  it('include the turn ends that a GGUF file names', () => {
    expect(createTokenizer(gguf({ 'tokenizer.ggml.eot_token_id': 5 })).eosIds).toEqual([2, 5]);
  });
});

describe('tokens added beside the vocabulary', () => {
  it('are matched before everything else', () => {
    const config = { added_tokens_decoder: { '620': { content: '<|im_start|>', special: true } } };
    const tokenizer = createTokenizer({ kind: 'sentencePieceModel', bytes: fixtureBytes('spmBpe.model'), config });
    expect(tokenizer.encode('<|im_start|>', { special: false })).toEqual([620]);
    expect(tokenizer.vocabularySize).toBe(621);
    expect(() => checkVocabulary(tokenizer, 620)).toThrow(
      'tokenizer: the tokenizer disagrees with the model: expected at most 620 tokens, the rows of the embedding, got 621',
    );
    expect(() => checkVocabulary(tokenizer, 640)).not.toThrow();
  });
});

describe('every pre-tokenizer that has a name', () => {
  it.each(preTokenizerNames())('cuts a text and loses nothing of it: %s', (pre) => {
    const { vocab, merges } = base.model as { vocab: Record<string, number>; merges: string[][] };
    const tokens = Object.keys(vocab).sort((one, other) => (vocab[one] ?? 0) - (vocab[other] ?? 0));
    const metadata = new Map<string, unknown>([
      ['tokenizer.ggml.model', 'gpt2'],
      ['tokenizer.ggml.pre', pre],
      ['tokenizer.ggml.tokens', tokens],
      ['tokenizer.ggml.merges', merges.map((pair) => pair.join(' '))],
      ['tokenizer.ggml.bos_token_id', 0],
    ]);
    const tokenizer = createTokenizer({ kind: 'gguf', metadata });
    const text = "I'm 1234 years\n\n  old, Ünï 日本語 😀 (x+1)!";
    expect(tokenizer.decode(tokenizer.encode(text, { special: false }))).toBe(text);
  });
});

describe('chat templates', () => {
  it('are found in either form, and bound to the tokens', async () => {
    const template = '{{ bos_token }}{{ messages[0].content }}';
    const config = {
      bos_token: '<|im_start|>',
      chat_template: [
        { name: 'tool_use', template: 'x' },
        { name: 'default', template },
      ],
    };
    expect(await createTokenizer(json({}, config)).chat?.render([{ role: 'user', content: 'hi' }])).toBe(
      '<|im_start|>hi',
    );
    expect(createTokenizer(gguf({ 'tokenizer.chat_template': template })).chat?.source).toBe(template);
    expect(createTokenizer(gguf({})).chat).toBeNull();
  });
});

describe('a tokenizer that cannot be had is a fault that says why', () => {
  const cases: readonly (readonly [string, TokenizerSource, RegExp])[] = [
    [
      'no tokenizer',
      { kind: 'none', reason: 'no tokenizer file in the folder' },
      /the model has no tokenizer: no tokenizer file in the folder/,
    ],
    [
      'an unknown pre-tokenizer',
      gguf({ 'tokenizer.ggml.model': 'gpt2', 'tokenizer.ggml.pre': 'martian' }),
      /tokenizer.ggml.pre: unknown pre-tokenizer "martian": expected one of gpt-2/,
    ],
    [
      'no pre-tokenizer',
      gguf({ 'tokenizer.ggml.model': 'gpt2', 'tokenizer.ggml.pre': undefined }),
      /the file names no pre-tokenizer/,
    ],
    ['WordPiece in GGUF', gguf({ 'tokenizer.ggml.model': 'bert' }), /tokenizers of the kind "bert" are not supported/],
    ['no tokens', gguf({ 'tokenizer.ggml.tokens': undefined }), /tokenizer.ggml.tokens: missing/],
    [
      'a token twice',
      gguf({ 'tokenizer.ggml.tokens': ['a', 'a'], 'tokenizer.ggml.scores': [0, 0] }),
      /the same token twice: "a"/,
    ],
    [
      'too few scores',
      gguf({ 'tokenizer.ggml.scores': [1] }),
      /tokenizer.ggml.scores: not one number a token: expected 620 numbers, got 1/,
    ],
    ['an unknown token type', gguf({ 'tokenizer.ggml.token_type': new Array(620).fill(9) }), /unknown token type/],
    [
      'a BOS outside of the vocabulary',
      gguf({ 'tokenizer.ggml.bos_token_id': 9999 }),
      /tokenizer.ggml.bos_token_id: no such token: expected an id from 0 to 619, got 9999/,
    ],
    [
      'an unknown class of GPT-2 files',
      { kind: 'vocabAndMerges', vocab: {}, merges: '', config: { tokenizer_class: 'BartTokenizer' } },
      /tokenizers of the class "BartTokenizer"/,
    ],
    ['merges without a vocabulary', json(model({ vocab: {} })), /a merge of a piece that the vocabulary lacks/],
    ['a bad id', json(model({ vocab: { a: 1.5 } })), /model.vocab\["a"\]: bad token id/],
    ['a giant id', json(model({ vocab: { a: 2 ** 40 } })), /bad token id/],
    [
      'an unknown model',
      json({ model: { type: 'Quantum' } }),
      /unknown tokenizer model: expected BPE, Unigram, WordPiece or WordLevel, got Quantum/,
    ],
    [
      'an unknown pre-tokenizer step',
      json({ pre_tokenizer: { type: 'UnicodeScripts' } }),
      /pre-tokenizer "UnicodeScripts" is not supported/,
    ],
    ['an unknown normalizer', json({ normalizer: { type: 'Nmt' } }), /normalizer "Nmt" is not supported/],
    ['an unknown decoder', json({ decoder: { type: 'CTC' } }), /decoder "CTC" is not supported/],
    [
      'a bad pattern',
      json({ pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } }),
      /the tokenizer could not be built/,
    ],
    [
      'a string for a tokenizer',
      { kind: 'json', tokenizer: 'x', config: {} },
      /tokenizer.json: wrong kind of value: expected an object, got a string/,
    ],
    [
      'an empty SentencePiece model',
      { kind: 'sentencePieceModel', bytes: new Uint8Array(), config: {} },
      /tokenizer.model: no pieces/,
    ],
    [
      'a cut SentencePiece model',
      { kind: 'sentencePieceModel', bytes: fixtureBytes('spmBpe.model').subarray(0, 4000), config: {} },
      /damaged protobuf message/,
    ],
  ];
  it.each(cases)('%s', (_, source, message) => {
    expect(() => createTokenizer(source)).toThrow(message);
  });
});
