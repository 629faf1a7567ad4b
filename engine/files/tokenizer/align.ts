/**
 * Which bytes of a text each token stands for. The text is first turned into what the tokenizer sees (normalised,
 * spaces as U+2581 ...), character by character, remembering where every byte came from; the tokens' own bytes are then
 * laid along it. Ranges always tile the text: what no token accounts for (dropped blanks, characters behind an unknown
 * token) belongs to the token that follows it, or to the unknown token before it.
 */

export interface AlignedToken {
  /** The token's bytes as the tokenizer sees them. */
  readonly bytes: Uint8Array;
  /** Control and added tokens: stand for their own text or for nothing, and end a stretch. */
  readonly whole: boolean;
}

/** The text as the tokenizer sees it; `origin[i]` is the offset in the text's own UTF-8 where byte i begins. */
interface SeenText {
  readonly bytes: Buffer;
  readonly origin: Uint32Array;
}

/** Ends of the tokens' byte ranges in the text's UTF-8; a token begins where the one before it ends. */
export function tokenEnds(
  text: string,
  tokens: readonly AlignedToken[],
  normalise: (character: string) => string,
  spaces: readonly Uint8Array[],
): number[] {
  const seen = seenText(text, normalise);
  const ends = layAlong(seen.bytes, tokens, spaces);
  return ends.map((end) => seen.origin[end] ?? 0);
}

function seenText(text: string, normalise: (character: string) => string): SeenText {
  const parts: Buffer[] = [];
  const origins: number[] = [];
  const known = new Map<string, readonly SeenPart[]>();
  let at = 0;
  for (const character of characters(text)) {
    const seen = known.get(character) ?? seenParts(character, normalise);
    known.set(character, seen);
    for (const { length, bytes, same } of seen) {
      for (let byte = 0; byte < bytes.length; byte++) origins.push(byte === 0 ? at : at + (same ? byte : length));
      parts.push(bytes);
      at += length;
    }
  }
  origins.push(at);
  return { bytes: Buffer.concat(parts), origin: Uint32Array.from(origins) };
}

interface SeenPart {
  /** Bytes in the text. */
  readonly length: number;
  /** What they became. */
  readonly bytes: Buffer;
  readonly same: boolean;
}

/** By code points where they are normalised one by one anyway, else the character as a whole. */
function seenParts(character: string, normalise: (character: string) => string): readonly SeenPart[] {
  const points = Array.from(character);
  const apart = points.length > 1 && points.map(normalise).join('') === normalise(character);
  return (apart ? points : [character]).map((part) => {
    const own = Buffer.from(part, 'utf8');
    const bytes = Buffer.from(normalise(part), 'utf8');
    return { length: own.length, bytes, same: bytes.equals(own) };
  });
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** User-perceived characters, so that a base and its marks are normalised together. */
function* characters(text: string): Generator<string> {
  if (/^[\u0000-\u007f]*$/.test(text)) yield* text;
  else for (const { segment } of graphemes.segment(text)) yield segment;
}

function layAlong(seen: Buffer, tokens: readonly AlignedToken[], spaces: readonly Uint8Array[]): number[] {
  const ends: number[] = [];
  let cursor = 0;
  for (let first = 0; first < tokens.length;) {
    const stretch = stretchFrom(tokens, first);
    cursor =
      stretch[0]?.whole === true
        ? wholeEnd(seen, stretch[0], cursor, ends)
        : layStretch(seen, stretch, cursor, spaces, ends);
    first += stretch.length;
  }
  return closed(ends, tokens, seen.length);
}

/** One whole token, or the tokens up to the next whole one. */
function stretchFrom(tokens: readonly AlignedToken[], first: number): readonly AlignedToken[] {
  let end = first + 1;
  if (tokens[first]?.whole !== true) while (end < tokens.length && tokens[end]?.whole !== true) end++;
  return tokens.slice(first, end);
}

function wholeEnd(seen: Buffer, token: AlignedToken, cursor: number, ends: number[]): number {
  const found = token.bytes.length === 0 ? -1 : findAfterBlanks(seen, token.bytes, cursor);
  const end = found < 0 ? cursor : found + token.bytes.length;
  ends.push(end);
  return end;
}

/** The tokens of a stretch say its bytes exactly, maybe after one space that encoding added; else they are sought one by one. */
function layStretch(
  seen: Buffer,
  stretch: readonly AlignedToken[],
  cursor: number,
  spaces: readonly Uint8Array[],
  ends: number[],
): number {
  const said = Buffer.concat(stretch.map((token) => token.bytes));
  const added = [0, ...spaces.filter((space) => startsWith(said, space, 0)).map((space) => space.length)].find(
    (length) => startsWith(seen, said.subarray(length), cursor),
  );
  if (added === undefined) return seekStretch(seen, stretch, cursor, spaces, ends);
  let position = cursor - added;
  for (const token of stretch) {
    position += token.bytes.length;
    ends.push(Math.max(cursor, position));
  }
  return Math.max(cursor, position);
}

function seekStretch(
  seen: Buffer,
  stretch: readonly AlignedToken[],
  start: number,
  spaces: readonly Uint8Array[],
  ends: number[],
): number {
  let cursor = start;
  let lost = 0;
  for (const token of stretch) {
    const end = seekOne(seen, token.bytes, cursor, lost > 0, spaces);
    if (end === null) lost++;
    else {
      // The characters that were skipped belong to the first of the tokens that were not found.
      if (lost > 0) ends.fill(end.start, ends.length - lost);
      lost = 0;
      cursor = end.end;
    }
    ends.push(cursor);
  }
  return cursor;
}

/** How far behind an unknown token the next known one is sought. */
const seekLimit = 4096;

function seekOne(
  seen: Buffer,
  bytes: Uint8Array,
  cursor: number,
  afterLost: boolean,
  spaces: readonly Uint8Array[],
): { readonly start: number; readonly end: number } | null {
  if (bytes.length === 0) return { start: cursor, end: cursor };
  const forms = [
    bytes,
    ...spaces.filter((space) => startsWith(bytes, space, 0)).map((space) => bytes.subarray(space.length)),
  ];
  for (const form of forms) {
    const found =
      afterLost && form.length > 0
        ? seen.subarray(0, cursor + seekLimit).indexOf(form, cursor)
        : findAfterBlanks(seen, form, cursor);
    if (found >= 0) return { start: found, end: found + form.length };
  }
  return null;
}

function findAfterBlanks(seen: Buffer, bytes: Uint8Array, cursor: number): number {
  for (let at = cursor; ; at++) {
    if (startsWith(seen, bytes, at)) return at;
    if (at >= seen.length || !isBlank(seen, at)) return -1;
  }
}

const isBlank = (seen: Buffer, at: number): boolean =>
  seen[at] === 0x20 || ((seen[at] ?? 0) >= 0x09 && (seen[at] ?? 0) <= 0x0d);

function startsWith(bytes: Uint8Array, part: Uint8Array, at: number): boolean {
  return at + part.length <= bytes.length && Buffer.compare(bytes.subarray(at, at + part.length), part) === 0;
}

/** What is left at the end belongs to the last token that is not a control token standing for nothing. */
function closed(ends: number[], tokens: readonly AlignedToken[], length: number): number[] {
  let last = ends.length - 1;
  while (last > 0 && tokens[last]?.whole === true && ends[last] === ends[last - 1]) last--;
  if (last >= 0) ends.fill(length, last);
  return ends;
}
