/** Windows of documents, and means with intervals over them. */
import { describe, expect, it } from 'vitest';
import { calibrationText } from '../../engine/prune/calibration/calibrationText.ts';
import { Samples } from '../../engine/prune/calibration/samples.ts';
import { summarise } from '../../engine/tasks/statistics.ts';
import { faultOf } from '../files/temporary.ts';

const documents = [
  { name: 'a', ids: [1, 2, 3] },
  { name: 'b', ids: [4, 5, 6, 7, 8] },
];

describe('windows', () => {
  it('join documents, put BOS first and drop what is left', () => {
    const text = calibrationText(documents, { name: 't', n: 9, length: 4, bosId: 0 });
    expect(text.windows).toEqual([
      [0, 1, 2, 3],
      [0, 4, 5, 6],
    ]);
    expect(text.documentOf).toEqual([
      [-1, 0, 0, 0],
      [-1, 1, 1, 1],
    ]);
    expect(text.tokens).toBe(8);
    expect(calibrationText(documents, { name: 't', n: 1, length: 8, bosId: null }).windows).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
    ]);
  });

  it('refuse text that is shorter than one', async () => {
    const short = () => calibrationText(documents, { name: 'short.txt', n: 4, length: 10, bosId: 0 });
    expect(await faultOf(short)).toBe('short.txt: text shorter than a window: expected 9 tokens or more, got 8');
  });
});

describe('samples', () => {
  it('are documents, each with the tokens that are predicted of it', () => {
    const text = calibrationText(documents, { name: 't', n: 2, length: 4, bosId: null });
    const samples = new Samples(text, 0);
    // The first token of each window is predicted by nothing.
    expect([samples.unit, samples.names, samples.tokens]).toEqual(['document', ['a', 'b'], [2, 4]]);
    const sums = samples.sums([
      [1, 1, 4],
      [4, 4, 4],
    ]);
    expect(samples.means(sums)).toEqual([1, 4]);
    expect(samples.summarise(sums).mean).toBeCloseTo(3, 12);
  });

  it('of equal size give the plain mean and its bootstrap', () => {
    const equal = [0, 1, 2].map((i) => ({ name: `${i}`, ids: [1, 2, 3, 4].map((id) => id + i) }));
    const samples = new Samples(calibrationText(equal, { name: 't', n: 3, length: 4, bosId: null }), 5);
    const found = samples.summarise(
      samples.sums([
        [1, 2, 3],
        [0, 0, 3],
        [5, 5, 5],
      ]),
    );
    const plain = summarise([2, 1, 5], 5);
    expect(found.mean).toBeCloseTo(plain.mean, 12);
    expect(found.standardError).toBeCloseTo(plain.standardError, 12);
    found.interval.forEach((bound, i) => expect(bound).toBeCloseTo(plain.interval[i] ?? NaN, 12));
  });

  it('of one document are its windows', () => {
    const one = [{ name: 'a', ids: [1, 2, 3, 4, 5, 6] }];
    const samples = new Samples(calibrationText(one, { name: 't', n: 2, length: 3, bosId: null }), 0);
    expect([samples.unit, samples.names]).toEqual(['window', ['window 1', 'window 2']]);
  });
});
