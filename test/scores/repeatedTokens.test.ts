import { describe, expect, it } from 'vitest';
import type { RepeatedTokensRequest } from '../../engine/scores/repeatedTokens.ts';
import { repeatedTokens } from '../../engine/scores/repeatedTokens.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { wordTokenizer } from '../tasks/wordTokenizer.ts';

function draw(more: Partial<RepeatedTokensRequest> = {}, seed = 0) {
  const usual = { n: 4, tokenizer: null, vocabulary: 300, context: 512, bosId: null };
  return repeatedTokens({ ...usual, random: seededRandom(seed), ...more });
}

describe('repeatedTokens', () => {
  it('gives sequences of different tokens, twice', () => {
    const { prompts, length } = draw();
    expect(length).toBe(50);
    for (const { ids } of prompts) {
      expect(ids).toHaveLength(100);
      expect(ids.slice(50)).toEqual(ids.slice(0, 50));
      expect(new Set(ids).size).toBe(50);
    }
    expect(new Set(prompts.map(({ ids }) => ids.join(' '))).size).toBe(4);
  });

  it('puts BOS first, and nowhere else', () => {
    const { prompts } = draw({ bosId: 7, vocabulary: 60 });
    for (const { ids, bosId } of prompts) {
      expect(bosId).toBe(7);
      expect(ids.indexOf(7)).toBe(0);
      expect(ids.lastIndexOf(7)).toBe(0);
    }
  });

  it('fits context and vocabulary where no length is asked for', () => {
    expect(draw({ context: 21 }).length).toBe(10);
    expect(draw({ context: 21, bosId: 7 }).length).toBe(10);
    expect(draw({ context: 20, bosId: 7 }).length).toBe(9);
    expect(draw({ vocabulary: 12, bosId: 7 }).length).toBe(11);
  });

  it('refuses a length that does not fit', () => {
    expect(() => draw({ context: 21, length: 11 })).toThrow(/repeated sequence: expected 2 to 10 .*, got 11/);
    expect(() => draw({ length: 1 })).toThrow(/expected 2 to 256/);
    expect(() => draw({ context: 3 })).toThrow(/expected 2 to 1 /);
  });

  it('draws words of the tokenizer only', () => {
    const tokenizer = wordTokenizer();
    tokenizer.encode('apple 12 pear ? plum');
    const { prompts } = draw({ tokenizer, vocabulary: 200, length: 3 });
    const texts = new Set(prompts.flatMap(({ ids }) => ids.map((id) => tokenizer.decode([id]).trim())));
    expect([...texts].sort()).toEqual(['apple', 'pear', 'plum']);
  });

  it('gives the same for the same seed', () => {
    expect(draw({}, 3)).toEqual(draw({}, 3));
    expect(draw({}, 3)).not.toEqual(draw({}, 4));
  });
});
