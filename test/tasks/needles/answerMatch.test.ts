import { describe, expect, it } from 'vitest';
import { answerF1, rougeRecall } from '../../../engine/tasks/needles/index.ts';
import { porterStem } from '../../../engine/tasks/needles/porterStem.ts';

describe('stems (the examples of Porter 1980)', () => {
  it.each([
    ['caresses', 'caress'],
    ['ponies', 'poni'],
    ['cats', 'cat'],
    ['feed', 'feed'],
    ['agreed', 'agre'],
    ['plastered', 'plaster'],
    ['bled', 'bled'],
    ['motoring', 'motor'],
    ['sing', 'sing'],
    ['conflated', 'conflat'],
    ['troubled', 'troubl'],
    ['sized', 'size'],
    ['hopping', 'hop'],
    ['falling', 'fall'],
    ['hissing', 'hiss'],
    ['filing', 'file'],
    ['happy', 'happi'],
    ['sky', 'sky'],
    ['relational', 'relat'],
    ['conditional', 'condit'],
    ['vietnamization', 'vietnam'],
    ['triplicate', 'triplic'],
    ['electrical', 'electr'],
    ['goodness', 'good'],
    ['allowance', 'allow'],
    ['replacement', 'replac'],
    ['adoption', 'adopt'],
    ['effective', 'effect'],
    ['probate', 'probat'],
    ['rate', 'rate'],
    ['cease', 'ceas'],
    ['controll', 'control'],
    ['roll', 'roll'],
    ['as', 'as'],
  ])('%s: %s', (word, stem) => {
    expect(porterStem(word)).toBe(stem);
  });
});

describe('ROUGE-1 recall', () => {
  it.each([
    ['feed the swans', 'You should be feeding the swan.', 1],
    ['feed the swans', 'Feed them.', 1 / 3],
    ['feed the swans', '', 0],
    ['the cat and the dog', 'the cat', 2 / 5],
    ['the cat and the dog', 'the the cat', 3 / 5],
    ['', 'anything', 0],
    ['синий чайник', 'Это синий чайник', 1],
  ])('of "%s" in "%s" is %d', (answer, response, recall) => {
    expect(rougeRecall(answer, response)).toBeCloseTo(recall, 12);
  });
});

describe('F1', () => {
  it.each([
    ['a spotted goat', 'the spotted goat', 1],
    ['spotted goat', 'It is a spotted goat.', 2 / 3],
    ['spotted goat', 'cat', 0],
  ])('of "%s" in "%s" is %d', (answer, response, f1) => {
    expect(answerF1(answer, response)).toBeCloseTo(f1, 12);
  });
});
