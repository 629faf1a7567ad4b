import { describe, expect, it } from 'vitest';
import { displayToken, tokenLabel } from '../../../renderer/marks/tokens/displayToken.ts';
import { lineOf, tokenColumns, wrapTokens } from '../../../renderer/marks/tokens/wrapTokens.ts';

const token = (text: string) => ({ text });

describe('a token', () => {
  it.each([
    [' the', '\u00b7the'],
    ['a b ', 'a b\u00b7'],
    ['\n\n', '\u00b6\u00b6'],
    ['\tx', '\u00bbx'],
    ['', '\u2205'],
    ['\u200b', 'U+200B'],
    ['\u0007', 'U+0007'],
    ['\u00a0', 'U+00A0'],
    ['\u0634\u0643', '\u0634\u0643'],
    ['\u{1f469}\u200d\u{1f52c}', '\u{1f469}\u200d\u{1f52c}'],
  ])('%j shows what is unseen', (text, shown) => {
    expect(tokenLabel(token(text))).toBe(shown);
  });

  it('shows half characters as bytes, and special tokens as they are', () => {
    expect(tokenLabel({ text: '\ufffd', bytes: [0xe2, 0x80] })).toBe('E2 80');
    expect(tokenLabel({ text: '<|end of text|>', special: true })).toBe('<|end of text|>');
  });

  it('tells signs that stand for something from letters', () => {
    expect(displayToken(token(' a\n'))).toEqual([
      { text: '\u00b7', isMark: true },
      { text: 'a', isMark: false },
      { text: '\u00b6', isMark: true },
    ]);
  });

  it('takes two columns for wide characters and none for combining marks', () => {
    expect(tokenColumns(token(' \u6771\u4eac'))).toBe(5);
    expect(tokenColumns(token('e\u0301'))).toBe(1);
  });
});

describe('lines', () => {
  const measure = { width: 50, column: 10, padding: 0 };

  it('wrap before what does not fit, and after a line end', () => {
    expect(wrapTokens(['ab', 'cd', 'ef', 'g', '\n', 'h'].map(token), measure)).toEqual([0, 2, 5]);
    expect(wrapTokens([token('longer than a line'), token('x')], measure)).toEqual([0, 1]);
    expect(wrapTokens([], measure)).toEqual([]);
  });

  it('are found from a token', () => {
    expect([0, 1, 2, 4, 5, 9].map((i) => lineOf([0, 2, 5], i))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});
