/** How bytes and token texts are shown: half characters as <0xE2>, blanks as visible signs. */

/** Text of bytes; every byte that is not part of a whole UTF-8 character is written <0xE2>. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    text +=
      length === 0
        ? byteSign(bytes[at] ?? 0)
        : Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8');
    at += Math.max(1, length);
  }
  return text;
}

function byteSign(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** Length of the whole UTF-8 character at `at`, 0 when there is none (RFC 3629: no overlong forms, no surrogates). */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (length === 0 || second < lowest || second > highest) return 0;
  for (let next = 2; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

const signs: ReadonlyMap<string, string> = new Map([
  [' ', '␣'],
  ['\n', '⏎'],
  ['\r', '␍'],
  ['\t', '⇥'],
  ['\u007f', '␡'],
]);

/** A token's text for showing: spaces at its start or end as ␣ (U+2423), line feed ⏎, return ␍, tab ⇥, other controls as their pictures. */
export function printable(tokenText: string): string {
  return tokenText
    .replace(/^ +| +$/g, (spaces) => '␣'.repeat(spaces.length))
    .replace(
      /[\u0000-\u001f\u007f]/g,
      (control) => signs.get(control) ?? String.fromCharCode(0x2400 + control.charCodeAt(0)),
    );
}
