/**
 * GPT-2's alphabet for bytes: every byte is written as one printable character, so that a vocabulary is a list of strings.
 * Bytes that are printable in Latin-1 stand for themselves, the others are the characters from U+0100 on, in order.
 */

const printable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** The character that a byte is written as. */
export const characterOfByte: readonly string[] = alphabet();
const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  characterOfByte.map((character, byte) => [character, byte]),
);

function alphabet(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/** Bytes of a piece written in the byte-level alphabet; a character outside of it stands for its own UTF-8. */
export function byteLevelBytes(piece: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of piece) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) bytes.push(...Buffer.from(character, 'utf8'));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
