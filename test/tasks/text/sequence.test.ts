import { describe, expect, it } from 'vitest';
import { textKinds } from '../../../engine/tasks/text/generators.ts';
import { heldOut, packSequence } from '../../../engine/tasks/text/index.ts';
import type { SequenceRequest } from '../../../engine/tasks/text/index.ts';
import type { TaskTokenizer } from '../../../engine/tasks/task.ts';
import { spans } from '../../../engine/tasks/words.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { tinyTokenizer } from './tinyTokenizer.ts';

const everything = Object.fromEntries(textKinds.map((kind) => [kind, 1]));
const pack = (rest: Partial<SequenceRequest> & { readonly seed?: number } = {}) =>
  packSequence({
    random: seededRandom(rest.seed ?? 0),
    tokenizer: tinyTokenizer,
    vocabulary: 2048,
    length: 128,
    mix: everything,
    otherWeight: 0.125,
    ...rest,
  });

describe('a packed sequence', () => {
  it('is full, of known ids and weights, and begins a document', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { ids, weights } = pack({ seed });
      expect([ids.length, weights.length]).toEqual([129, 128]);
      expect(ids[0]).toBe(0);
      expect(ids.every((id) => id >= 0 && id < 2048)).toBe(true);
      weights.forEach((weight, i) => {
        if (ids[i + 1] === 0) expect(weight).toBe(0);
        else expect([0.125, 1]).toContain(weight);
      });
    }
  });

  it('is the same for the same state of the generator, and the next one differs', () => {
    const random = seededRandom(7);
    const [first, second] = [pack({ random }), pack({ random })];
    expect(pack({ seed: 7 })).toEqual(first);
    expect(second.ids).not.toEqual(first.ids);
  });

  it('weighs the tokens that the documents determine', () => {
    const { ids, weights } = pack({ mix: { greaterThan: 1 }, length: 400 });
    const text = tinyTokenizer.decode([...ids]);
    const [, century, year] =
      /^<\|bos\|>The \w+ lasted from the year \d{4} to the year (\d\d)(\d\d)\./.exec(text) ?? [];
    const weighed = [...ids].filter((_, i) => i > 0 && weights[i - 1] === 1);
    expect(weighed.slice(0, 2).map((id) => tinyTokenizer.decode([id]))).toEqual([` ${century}`, year]);
    expect(Math.abs(weighed.length - 2 * (text.split('<|bos|>').length - 1))).toBeLessThan(3);
  });

  it('cuts the last document where the sequence ends', () => {
    const { ids } = pack({ mix: { story: 1 }, length: 5 });
    expect(ids).toHaveLength(6);
    expect([...ids].slice(1)).not.toContain(0);
    expect(pack({ length: 1, mix: { list: 1 } }).ids).toHaveLength(2);
  });

  it('ends with the answer of a needle passage, not within it', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { ids, weights } = pack({ mix: { needle: 1, greaterThan: 1 }, length: 512, seed });
      const passages = tinyTokenizer
        .decode([...ids])
        .split('<|bos|>')
        .filter((text) => text.startsWith('Note:'));
      for (const passage of passages) expect(passage).toMatch(/(Answer:|A:| is)( \w+){1,4}\.$/);
      expect(weights.includes(1)).toBe(true);
    }
  });

  it('says shares of documents', () => {
    let [lists, years] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const text = tinyTokenizer.decode([...pack({ mix: { pronoun: 3, greaterThan: 1 }, seed }).ids]);
      for (const document of text.split('<|bos|>').slice(1, -1))
        if (/\d{4}/.test(document)) years++;
        else lists++;
    }
    expect(Math.abs(years / (lists + years) - 0.25)).toBeLessThan(0.06);
  });

  it('has held-out words where they are asked for', () => {
    const text = (words: 'trained' | 'heldOut') =>
      tinyTokenizer.decode([...pack({ mix: { greaterThan: 1 }, length: 2000, words }).ids]);
    expect(heldOut(spans).filter((word) => text('trained').includes(` ${word} `))).toEqual([]);
    expect(heldOut(spans).filter((word) => !text('heldOut').includes(` ${word} `))).toEqual([]);
  });

  it('has documents without a beginning where the tokenizer has none', () => {
    const tokenizer: TaskTokenizer = { ...tinyTokenizer, bosId: null };
    expect([...pack({ tokenizer, mix: { ioi: 1 } }).ids]).not.toContain(0);
  });
});

describe('what cannot be packed is a fault', () => {
  it.each([
    [{ mix: { poem: 1 } }, 'unknown kind of text: expected one of ioi, greaterThan'],
    [{ mix: {} }, 'no text to train on'],
    [{ mix: { ioi: -1 } }, 'ioi: bad share of a kind of text: expected 0 or more, got -1'],
    [{ mix: { ioi: Number.NaN } }, 'got NaN'],
    [{ length: 0 }, 'bad length of a sequence: expected an integer from 1, got 0'],
    [{ otherWeight: 2 }, 'bad weight of undetermined tokens: expected 0 to 1, got 2'],
  ] as readonly (readonly [Partial<SequenceRequest>, string])[])('%o', (rest, message) => {
    expect(() => pack(rest)).toThrow(message);
  });

  it('a tokenizer that joins words', () => {
    const tokenizer: TaskTokenizer = { encode: (text) => [text.length], decode: () => '', bosId: null };
    expect(() => pack({ tokenizer, mix: { ioi: 1 } })).toThrow(
      'text of the kind ioi: the tokenizer does not encode documents piece by piece',
    );
  });
});
