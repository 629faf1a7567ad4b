/**
 * SentencePiece's precompiled character map: a double-array trie (Darts) from UTF-8 to offsets in a table of replacements.
 * Layout: u32 size of the trie in bytes, the trie's u32 units, the replacements, each ended by a zero byte.
 */

import { Fault } from '../../terms/fault.ts';

/** A unit of the trie: does a value follow, which byte leads here, where do its children begin. */
const hasValue = (unit: number): boolean => ((unit >>> 8) & 1) === 1;
const label = (unit: number): number => (unit & 0x800000ff) >>> 0;
const children = (unit: number): number => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
const valueOf = (unit: number): number => unit & 0x7fffffff;

interface Replacement {
  readonly text: string;
  /** How many bytes of the input it stands for. */
  readonly length: number;
}

export class CharsMap {
  readonly #units: Uint32Array;
  readonly #replacements: Buffer;

  constructor(blob: Uint8Array, where: string) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    const size = blob.byteLength < 4 ? -1 : view.getUint32(0, true);
    if (size < 0 || size % 4 !== 0 || size > blob.byteLength - 4)
      throw new Fault({
        what: 'damaged character map',
        where,
        expected: `a trie within ${blob.byteLength} bytes`,
        got: `${size} bytes`,
      });
    this.#units = Uint32Array.from({ length: size / 4 }, (_, index) => view.getUint32(4 + 4 * index, true));
    this.#replacements = Buffer.from(blob.subarray(4 + size));
  }

  /** The longest entry that begins at `at`, or null. */
  longest(bytes: Uint8Array, at: number): Replacement | null {
    let longest: Replacement | null = null;
    for (const found of this.#prefixes(bytes, at)) longest = found;
    return longest;
  }

  /** The shortest entry that the bytes begin with, or null. */
  shortest(bytes: Uint8Array): Replacement | null {
    return this.#prefixes(bytes, 0).next().value ?? null;
  }

  *#prefixes(bytes: Uint8Array, at: number): Generator<Replacement, undefined> {
    let node = children(this.#units[0] ?? 0);
    for (let next = at; next < bytes.length; next++) {
      const byte = bytes[next] ?? 0;
      node = (node ^ byte) >>> 0;
      const unit = this.#units[node];
      if (unit === undefined || label(unit) !== byte) return;
      node = (node ^ children(unit)) >>> 0;
      const value = this.#units[node];
      if (hasValue(unit) && value !== undefined)
        yield { text: this.#replacementAt(valueOf(value)), length: next + 1 - at };
    }
  }

  #replacementAt(offset: number): string {
    const end = this.#replacements.indexOf(0, offset);
    return offset >= this.#replacements.length
      ? ''
      : this.#replacements.toString('utf8', offset, end < 0 ? undefined : end);
  }
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The map as tokenizer.json's `Precompiled` applies it: to whole small graphemes, else to each character. */
export function precompiled(map: CharsMap): (text: string) => string {
  const replaced = (part: string): string | null => map.shortest(Buffer.from(part, 'utf8'))?.text ?? null;
  const whole = (grapheme: string): string | null =>
    Buffer.byteLength(grapheme, 'utf8') < 6 ? replaced(grapheme) : null;
  const one = (grapheme: string): string =>
    whole(grapheme) ?? Array.from(grapheme, (character) => replaced(character) ?? character).join('');
  return (text) => Array.from(graphemes.segment(text), ({ segment }) => one(segment)).join('');
}
