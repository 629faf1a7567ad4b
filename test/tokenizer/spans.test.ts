import { describe, expect, it } from 'vitest';

import { createTokenizer, printable, type Tokenizer } from '../../engine/files/tokenizer/index.ts';
import { SeededRandom } from './seeded.ts';
import { fixture, fixtureBytes, strings } from './fixtures.ts';

interface Variants {
  readonly base: Record<string, unknown> & { readonly model: Record<string, unknown> };
  readonly variants: Record<string, { readonly changed: Record<string, unknown> }>;
}

const sets: Variants[] = [
  fixture<Variants>('byteLevel.json'),
  ...Object.values(fixture<Record<string, Variants>>('metaspace.json')),
];

const tokenizers: readonly (readonly [string, Tokenizer])[] = [
  ...sets.flatMap((set) =>
    Object.entries(set.variants).map(([name, { changed }]) => {
      const model = { ...set.base.model, ...(changed['model'] as Record<string, unknown> | undefined) };
      return [
        name,
        createTokenizer({ kind: 'json', tokenizer: { ...set.base, ...changed, model }, config: {} }),
      ] as const;
    }),
  ),
  ...['spmBpe', 'spmBpeUnknown', 'spmUnigram', 'spmUnigramBytes'].map(
    (name) =>
      [
        name,
        createTokenizer({ kind: 'sentencePieceModel', bytes: fixtureBytes(`${name}.model`), config: {} }),
      ] as const,
  ),
];

const named = new Map(tokenizers);
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** What is wrong with the spans of a text's own ids, or null. */
function tilingProblem(tokenizer: Tokenizer, text: string): string | null {
  const ids = tokenizer.encode(text);
  const spans = tokenizer.spans(text, ids);
  const starts = [0, ...spans.map(({ end }) => end)];
  const bad = spans.findIndex(({ id, start, end }, at) => id !== ids[at] || start !== starts[at] || end < start);
  const isWhole = ids.length === 0 || starts.at(-1) === utf8(text).length;
  return bad < 0 && isWhole && spans.length === ids.length ? null : JSON.stringify(text);
}

function expectTiling(tokenizer: Tokenizer, texts: readonly string[]): void {
  expect(texts.map((text) => tilingProblem(tokenizer, text)).filter((problem) => problem !== null)).toEqual([]);
}

/** Where nothing is changed or dropped, a span is exactly the token's bytes, but for a space put first. */
function expectExact(tokenizer: Tokenizer, text: string): void {
  const bytes = utf8(text);
  const spans = tokenizer.spans(text, tokenizer.encode(text, { special: false }));
  spans.forEach(({ id, start, end }, index) => {
    const own = Buffer.from(tokenizer.bytesOf(id));
    const shown = bytes.subarray(start, end);
    const lacksFirst = index === 0 && own.length === shown.length + 1 && own[0] === 0x20;
    // A literal U+2581 is a space to these tokenizers.
    if (!text.includes('\u2581'))
      expect(shown.toString('hex')).toBe((lacksFirst ? own.subarray(1) : own).toString('hex'));
  });
}

describe('spans', () => {
  it.each(tokenizers)('tile every awkward text: %s', (_, tokenizer) => {
    expectTiling(tokenizer, strings);
  });

  it.each(['isolated punctuation', 'GPT-2 with a prefix space', 'Llama 2', 'Metaspace first', 'spmBpe'])(
    'are the tokens of %s byte by byte',
    (name) => {
      const tokenizer = named.get(name);
      if (tokenizer === undefined) throw new RangeError(name);
      for (const text of strings.filter((one) => !one.includes('<'))) expectExact(tokenizer, text);
    },
  );

  it('tile texts of random code units, half surrogate pairs among them', () => {
    const random = new SeededRandom(3);
    const units = [0x20, 0x61, 0x0d, 0x0a, 0x301, 0x65e5, 0xd83d, 0xde00, 0x200d, 0xe9, 0x31];
    for (const name of ['isolated punctuation', 'NFD', 'NFKC', 'Llama 2', 'spmBpe', 'spmUnigram', 'wordPiece']) {
      const draw = (): string =>
        String.fromCharCode(...Array.from({ length: random.below(20) }, () => random.pick(units)));
      expectTiling(named.get(name) as Tokenizer, Array.from({ length: 60 }, draw));
    }
  });

  it('give a composed character to the token that begins it, and marks to their base', () => {
    const tokenizer = named.get('NFKC') as Tokenizer;
    const text = 'e\u0301 \ufb01';
    expect(tokenizer.spans(text, tokenizer.encode(text)).at(-1)?.end).toBe(7);
    expect(tokenizer.spans(text, tokenizer.encode(text))[0]?.start).toBe(0);
  });

  it('are empty for the tokens around a text, and whole for the same token spelled in it', () => {
    const tokenizer = named.get('BOS by template') as Tokenizer;
    const ranges = (text: string): (readonly [number, number])[] =>
      tokenizer.spans(text, tokenizer.encode(text)).map(({ start, end }) => [start, end] as const);
    expect(ranges('a')).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(ranges('<|im_start|>a')).toEqual([
      [0, 0],
      [0, 12],
      [12, 13],
    ]);
    expect(tokenizer.addsBos).toBe(false);
  });

  it('give unknown characters to the unknown token', () => {
    const tokenizer = named.get('spmBpeUnknown') as Tokenizer;
    const text = 'the ☃☃ keys';
    const spans = tokenizer.spans(text, tokenizer.encode(text, { special: false }));
    const unknown = spans.find(({ id }) => id === 0);
    expect(utf8(text).subarray(unknown?.start, unknown?.end).toString('utf8')).toBe('☃☃');
  });

  it('put ids that say something else than the text somewhere, still tiling it', () => {
    const tokenizer = named.get('isolated punctuation') as Tokenizer;
    const spans = tokenizer.spans('hello world', tokenizer.encode('quite another text'));
    expect(spans.at(-1)?.end).toBe(11);
  });
});

describe('token texts', () => {
  it('show half characters as bytes and keep the leading space', () => {
    const tokenizer = named.get('isolated punctuation') as Tokenizer;
    const texts = tokenizer.encode(' \u{1f9ff}').map((id) => tokenizer.tokenText(id));
    expect(texts.join('')).toMatch(/^ ?/);
    expect(texts.join('')).toContain('<0x9F>');
    expect(tokenizer.decode(tokenizer.encode(' \u{1f9ff}'))).toBe(' \u{1f9ff}');
  });

  it('are made visible by one set of signs', () => {
    expect(printable(' the')).toBe('␣the');
    expect(printable('a b ')).toBe('a b␣');
    expect(printable('\r\n\t\u0000')).toBe('␍⏎⇥␀');
    expect(printable('   ')).toBe('␣␣␣');
  });

  it('of an id outside of the vocabulary are a fault', () => {
    const tokenizer = named.get('spmBpe') as Tokenizer;
    expect(() => tokenizer.tokenText(620)).toThrow(
      /token id 620: the tokenizer has no such token: expected an id from 0 to 619/,
    );
  });
});
