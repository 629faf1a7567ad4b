import { describe, expect, it } from 'vitest';
import { createTokenizer } from '../../../engine/files/tokenizer/index.ts';
import { openFolder } from '../../../engine/files/folder.ts';
import { findTokenizer } from '../../../engine/files/tokenizerSource.ts';
import { forTasks } from '../../../engine/service/calls/prompts.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { heldOutText, requireLengths, trainingText } from '../../../engine/train/duo/duoTexts.ts';
import { passkeyText } from '../../../engine/train/duo/passkeyText.ts';

const folder = await openFolder('fixtures/models/tiny-heads');
const tokenizer = forTasks(createTokenizer(await findTokenizer(folder), {}));
const drawn = (seed: number, length = 480, count = 3, words = 4) =>
  passkeyText({ tokenizer, random: seededRandom(seed), length, count, words });

describe('a passkey text', () => {
  it('has exactly its length, and counts questions and answers at its end only', () => {
    const { ids, labels, answers } = drawn(1);
    expect(ids.length).toBe(480);
    expect(labels.length).toBe(480);
    const first = labels.indexOf(1);
    expect([...labels.subarray(first)].every((label) => label === 1)).toBe(true);
    expect(answers.length).toBe(3);
    expect(answers[0]?.[0]).toBeGreaterThan(first);
    expect(tokenizer.decode(ids.slice(first))).toMatch(/^What is the first passkey\? The first passkey is/);
  });

  it('says each passkey once in the story, and again as the answer to its question', () => {
    const { ids, answers, labels } = drawn(2);
    const story = tokenizer.decode(ids.slice(0, labels.indexOf(1)));
    for (const [i, [from, to]] of answers.entries()) {
      const said = tokenizer.decode(ids.slice(from, to)).trim();
      expect(said.split(' ').length).toBe(4);
      const ordinal = ['first', 'second', 'third'][i];
      expect(story.split(`Remember these words: the ${ordinal} passkey is ${said}.`).length).toBe(2);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    expect(drawn(3)).toEqual(drawn(3));
    expect(drawn(3).ids).not.toEqual(drawn(4).ids);
  });

  it('says how long it must be', () => {
    expect(() => drawn(1, 60)).toThrow(/too short for 3 passkeys of 4 words.*expected at least \d+ tokens, got 60/);
  });
});

describe('the texts of a training', () => {
  const settings = { lengths: { from: 200, to: 500, count: 50 }, passkeys: { count: 2, words: 2 }, seed: 42 };

  it('has lengths that are multiples of 16 from the shortest to the longest', () => {
    const lengths = Array.from({ length: 60 }, (_, step) => trainingText(tokenizer, settings, step).ids.length);
    expect(lengths.every((length) => length % 16 === 0 && length >= 192 && length <= 500)).toBe(true);
    expect(new Set(lengths).size).toBeGreaterThan(10);
  });

  it('draws a step by itself, and no held-out text is one of them', () => {
    const texts = [0, 1, 2].map((step) => trainingText(tokenizer, settings, step).ids.join());
    expect(trainingText(tokenizer, settings, 1).ids.join()).toBe(texts[1]);
    expect(texts).not.toContain(heldOutText(tokenizer, settings, 0).ids.join());
  });

  it('must fit the context', () => {
    expect(() => requireLengths({ from: 512, to: 1024, count: 50 }, 512)).toThrow(/longer than the context/);
    expect(() => requireLengths({ from: 512, to: 256, count: 50 }, 512)).toThrow(/the shortest first/);
  });
});
