/** Damaged tokenizers end in a Fault or in a tokenizer that works: no other error, no hang. */
import { describe, expect, it } from 'vitest';

import type { TokenizerSource } from '../../engine/files/modelFiles.ts';
import { createTokenizer } from '../../engine/files/tokenizer/index.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { fixture, fixtureBytes } from './fixtures.ts';
import { SeededRandom } from './seeded.ts';

const texts = ['The keys to the cabinet', ' 123 日本 😀\r\n', '<|im_start|>a  b<s>', ''];

/** Why the source is wrongly handled, or null. */
function misbehaviour(source: TokenizerSource): string | null {
  const start = performance.now();
  try {
    const tokenizer = createTokenizer(source);
    for (const text of texts) use(tokenizer, text);
  } catch (error) {
    if (!(error instanceof Fault)) return String(error);
  }
  const elapsed = performance.now() - start;
  return elapsed < 3000 ? null : `took ${elapsed} ms`;
}

function use(tokenizer: ReturnType<typeof createTokenizer>, text: string): void {
  const ids = tokenizer.encode(text);
  tokenizer.decode(ids);
  const spans = tokenizer.spans(text, ids);
  if (spans.length > 0 && spans.at(-1)?.end !== Buffer.byteLength(text))
    throw new RangeError(`spans of ${JSON.stringify(text)} do not tile it`);
}

const strange: readonly unknown[] = [
  null,
  -1,
  0,
  1e9,
  1.5,
  Number.NaN,
  '',
  'x',
  '\u0000',
  [],
  {},
  true,
  [null],
  { type: 'Sequence' },
  'Sequence',
  ['a', 'b', 'c'],
];

/** A copy in which one place of a tree is replaced, removed or doubled. */
function mutatedTree(tree: unknown, random: SeededRandom): unknown {
  const copy = structuredClone(tree);
  let at: unknown = copy;
  for (;;) {
    if (typeof at !== 'object' || at === null) return copy;
    const keys = Object.keys(at);
    if (keys.length === 0) return copy;
    const key = random.pick(keys);
    const holder = at as Record<string, unknown>;
    const value = holder[key];
    if (typeof value === 'object' && value !== null && random.below(4) > 0) at = value;
    else {
      if (random.below(5) === 0) Reflect.deleteProperty(holder, key);
      else holder[key] = random.pick(strange);
      return copy;
    }
  }
}

function mutatedBytes(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = Uint8Array.from(random.below(6) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes);
  for (let count = 1 + random.below(4); count > 0 && copy.length > 0; count--)
    copy[random.below(copy.length)] = random.below(256);
  return copy;
}

/** `npm run test:long` makes ten times as many. */
const times = process.env['HEADSCOPE_LONG'] === '1' ? 10 : 1;

function failures(count: number, seed: number, source: (random: SeededRandom) => TokenizerSource): string[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count * times }, (_, index) => ({
    index,
    problem: misbehaviour(source(random)),
  })).flatMap(({ index, problem }) => (problem === null ? [] : [`mutant ${index}: ${problem}`]));
}

interface Variants {
  readonly base: Record<string, unknown>;
  readonly variants: Record<string, { readonly changed: Record<string, unknown> }>;
}

/** Few entries, so that a mutation seldom falls on one of the many alike. */
function small(json: Record<string, unknown>): Record<string, unknown> {
  const model = json['model'] as Record<string, unknown>;
  const merges = Array.isArray(model['merges']) ? { merges: model['merges'].slice(0, 3) } : {};
  return { ...json, model: { ...model, ...merges } };
}

describe('damaged tokenizers', { timeout: 60_000 * times }, () => {
  it('from tokenizer.json', () => {
    const sets = [
      fixture<Variants>('byteLevel.json'),
      ...Object.values(fixture<Record<string, Variants>>('metaspace.json')),
      fixture<Variants>('precompiled.json'),
    ];
    const whole = sets.flatMap(({ base, variants }) =>
      Object.values(variants).map(({ changed }) =>
        small({
          ...base,
          ...changed,
          model: { ...(base['model'] as object), ...(changed['model'] as object | undefined) },
        }),
      ),
    );
    expect(
      failures(400, 11, (random) => ({ kind: 'json', tokenizer: mutatedTree(random.pick(whole), random), config: {} })),
    ).toEqual([]);
  });

  it('from the metadata of a GGUF file', () => {
    const { metadata } = fixture<{ metadata: Record<string, unknown> }>('spmBpe.json');
    const bpe = {
      ...metadata,
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'qwen2',
      'tokenizer.ggml.merges': ['a b', '\u2581 t'],
    };
    const source = (random: SeededRandom): TokenizerSource => {
      const mutant = mutatedTree(random.below(2) === 0 ? metadata : bpe, random) as Record<string, unknown>;
      return { kind: 'gguf', metadata: new Map(Object.entries(mutant)) };
    };
    expect(failures(300, 12, source)).toEqual([]);
  });

  it('from SentencePiece models', () => {
    const models = ['spmBpe', 'spmBpeUnknown', 'spmUnigram', 'spmUnigramBytes'].map((name) =>
      fixtureBytes(`${name}.model`),
    );
    expect(
      failures(400, 13, (random) => ({
        kind: 'sentencePieceModel',
        bytes: mutatedBytes(random.pick(models), random),
        config: {},
      })),
    ).toEqual([]);
  });

  it('from tokenizer_config.json', () => {
    const { base } = fixture<Variants>('byteLevel.json');
    const config = {
      bos_token: { content: '<|im_start|>' },
      eos_token: '<|im_end|>',
      add_bos_token: true,
      chat_template: [{ name: 'default', template: 'x' }],
      added_tokens_decoder: { '900': { content: '<|new|>', special: true, lstrip: false } },
    };
    expect(
      failures(200, 14, (random) => ({
        kind: 'json',
        tokenizer: small(base),
        config: mutatedTree(config, random) as Record<string, unknown>,
      })),
    ).toEqual([]);
  });
});
