import { describe, expect, it } from 'vitest';
import { answerSteps } from '../../../engine/scores/retrieval/answerSteps.ts';

const texts = [' The', ' answer', ' is', ' Silver', ' her', 'ring', '.', ' silver', ' herring'];
const textOf = (id: number) => texts[id] ?? '';

describe('the steps of an answer', () => {
  it('are the first place with its ids', () => {
    expect(answerSteps([0, 7, 8, 6, 7, 8], { ids: [7, 8], text: 'silver herring' }, textOf)).toEqual([1, 2]);
  });

  it('are else the tokens that spell it, in any case and however they are cut', () => {
    expect(answerSteps([0, 1, 2, 3, 4, 5, 6], { ids: [7, 8], text: 'silver herring' }, textOf)).toEqual([3, 4, 5]);
  });

  it.each([
    ['where it is not said', [0, 1, 2], { ids: [7, 8], text: 'silver herring' }],
    ['where the text is not known', [3, 4, 5], { ids: [7, 8], text: null }],
    ['where nothing is said', [], { ids: [7], text: 'silver' }],
  ])('are none %s', (_, generated, answer) => {
    expect(answerSteps(generated, answer, textOf)).toEqual([]);
  });
});
