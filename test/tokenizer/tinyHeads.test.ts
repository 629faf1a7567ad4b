/** The tokenizer of the bundled model: what its script writes, the reference libraries' ids, whole words for the tasks. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oneTokenWords } from '../../engine/tasks/layout.ts';
import * as words from '../../engine/tasks/words.ts';
import { yearsOf } from '../../engine/tasks/yearStyles.ts';
import { bytePairMerges } from '../../fixtures/make/bytePairMerges.ts';
import { writeTokenizer } from '../../fixtures/make/trainTokenizer.ts';
import { bundled, tinyTokenizer } from '../tasks/text/tinyTokenizer.ts';
import { digest, fixture, mismatches } from './fixtures.ts';

interface Golden {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
  readonly sentences: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

describe('byte-pair merges', () => {
  it('take the most frequent pair, of several the first one, and no pair across words', () => {
    const counts = new Map([
      ['abab', 2],
      ['bc', 3],
      ['cab', 1],
    ]);
    // ab 2 * 2 + 1 = 5, ba 2, bc 3, ca 1; then (ab, ab) 2, bc 3, (c, ab) 1.
    expect(bytePairMerges(counts, 4)).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['ab', 'ab'],
      ['c', 'ab'],
    ]);
    expect(
      bytePairMerges(
        new Map([
          ['ba', 1],
          ['ab', 1],
        ]),
        1,
      ),
    ).toEqual([['a', 'b']]);
    expect(() => bytePairMerges(counts, 5)).toThrow('expected pairs left to merge, got none');
  });

  it('count a pair in a run of one letter as often as neighbours stand there, and merge from the left', () => {
    expect(bytePairMerges(new Map([['aaaaa', 1]]), 2)).toEqual([
      ['a', 'a'],
      ['aa', 'a'],
    ]);
  });
});

describe('the tokenizer of tiny-heads', () => {
  it('is what its script writes, byte for byte', { timeout: 60_000 }, () => {
    const copy = mkdtempSync(join(tmpdir(), 'headscope-tokenizer-'));
    try {
      writeTokenizer(copy);
      for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
        const committed = readFileSync(join('fixtures', 'models', 'tiny-heads', name));
        expect(readFileSync(join(copy, name)).equals(committed), name).toBe(true);
      }
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('has 2,048 entries, begins a text with the token that also ends one', () => {
    expect(bundled.vocabularySize).toBe(2048);
    expect([bundled.bosId, bundled.eosIds, bundled.addsBos]).toEqual([0, [0], true]);
  });

  it('gives the ids and texts of the reference', () => {
    const golden = fixture<Golden>('tinyHeads.json');
    expect(mismatches(golden.ids, (text) => digest(bundled.encode(text)))).toEqual([]);
    expect(mismatches(golden.texts, (text) => digest(bundled.decode(bundled.encode(text))))).toEqual([]);
    for (const { text, ids } of golden.sentences) expect(bundled.encode(text)).toEqual(ids);
  });

  it.each(Object.entries(words))('has every word of %s as one token', (_, list) => {
    const flat = list.flat();
    const whole = oneTokenWords(tinyTokenizer, flat);
    expect(flat.filter((word) => !whole.has(word))).toEqual([]);
  });

  it('writes years as a century and two digits', () => {
    const { style, years, tokens } = yearsOf(tinyTokenizer);
    expect(style.about).toContain('17|32');
    expect([years.length, tokens.size]).toEqual([8 * 97, 100]);
  });
});
