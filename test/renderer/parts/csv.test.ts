import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../renderer/parts/csv.ts';

describe('CSV', () => {
  it('quotes what would break a row, and leaves unknown numbers empty', () => {
    const text = csvOf(
      ['head', 'token', 'effect'],
      [
        ['L0H1', ' a,"b"\nc', -1.5],
        ['L0H2', null, NaN],
      ],
    );
    expect(text).toBe('head,token,effect\r\nL0H1," a,""b""\nc",-1.5\r\nL0H2,,\r\n');
  });

  it('keeps a token that looks like a formula a text', () => {
    expect(csvOf(['t'], [['=1+1'], ['-x'], ['@a']])).toBe("t\r\n'=1+1\r\n'-x\r\n'@a\r\n");
  });
});
