import type { Token } from './token.ts';

/** What is written for a token; `marks` are the characters that stand for something unseen. */
export interface TokenPart {
  readonly text: string;
  readonly isMark: boolean;
}

const seen: Readonly<Record<string, string>> = { ' ': '\u00b7', '\n': '\u00b6', '\t': '\u00bb' };

/**
 * Makes the unseen visible: leading and trailing spaces as `·`, line ends as `¶`, tabs as `»`, half characters as hex, control and
 * format characters by their number. A space between letters stays as it is.
 */
export function displayToken({ text, bytes, special = false }: Token): readonly TokenPart[] {
  if (bytes !== undefined && bytes.length > 0) return [{ text: bytes.map(hex).join(' '), isMark: true }];
  if (text === '') return [{ text: '\u2205', isMark: true }];
  if (special) return [{ text, isMark: false }];
  const parts: TokenPart[] = [];
  const inner = innerSpaces(text);
  for (const [i, char] of Array.from(text).entries()) {
    const mark = char === ' ' && inner.has(i) ? null : markFor(char);
    const last = parts.at(-1);
    const part = { text: mark ?? char, isMark: mark !== null };
    if (last?.isMark === part.isMark) parts[parts.length - 1] = { ...last, text: last.text + part.text };
    else parts.push(part);
  }
  return parts;
}

/** The same in one string, for canvases. */
export function tokenLabel(token: Token): string {
  return displayToken(token)
    .map(({ text }) => text)
    .join('');
}

function innerSpaces(text: string): ReadonlySet<number> {
  const chars = Array.from(text);
  const first = chars.findIndex((char) => char !== ' ');
  const last = chars.findLastIndex((char) => char !== ' ');
  return new Set(Array.from(chars.keys()).filter((i) => chars[i] === ' ' && i > first && i < last));
}

function markFor(char: string): string | null {
  const known = seen[char];
  if (known !== undefined) return known;
  // Control, format (zero-width, direction), and spaces other than the plain one; joiners inside emoji stay.
  if (char === '\u200d' || char === '\ufe0f') return null;
  return /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\ufffd]/u.test(char)
    ? `U+${hex(char.codePointAt(0) ?? 0).padStart(4, '0')}`
    : null;
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
