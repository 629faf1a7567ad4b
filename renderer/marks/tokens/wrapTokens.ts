/** Lines of tokens in a monospaced face, computed without a page, so that only the lines in view need exist. */
import { displayToken } from './displayToken.ts';
import type { Token } from './token.ts';

/** Columns that a token takes: two for wide East Asian characters and emoji, none for combining marks. */
export function tokenColumns(token: Token): number {
  let columns = 0;
  for (const { text } of displayToken(token)) for (const char of text) columns += charColumns(char);
  return Math.max(1, columns);
}

function charColumns(char: string): number {
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(char)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3fffd}]/u.test(
    char,
  )
    ? 2
    : 1;
}

export interface LineMeasure {
  /** Of a line, in pixels. */
  readonly width: number;
  readonly column: number;
  /** Around the text of a token, both sides together. */
  readonly padding: number;
}

/** Index of the first token of each line. A line ends after a token with a line end in it. */
export function wrapTokens(tokens: readonly Token[], { width, column, padding }: LineMeasure): number[] {
  const starts: number[] = [];
  let used = Infinity;
  for (const [i, token] of tokens.entries()) {
    const size = tokenColumns(token) * column + padding;
    if (used + size > width) {
      starts.push(i);
      used = 0;
    }
    used += size;
    if (token.special !== true && token.text.includes('\n')) used = Infinity;
  }
  return starts;
}

/** The line that holds a token. */
export function lineOf(starts: readonly number[], token: number): number {
  const next = starts.findIndex((start) => start > token);
  return next < 0 ? Math.max(0, starts.length - 1) : Math.max(0, next - 1);
}
