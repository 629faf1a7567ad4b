/** A code for every prompt and head. */
import type { CountedWrites } from './countedWrites.ts';
import type { CodeProgram } from './codeProgram.ts';
import type { Pace } from './pace.ts';
import type { RowsOfPrompts } from './preparedWrites.ts';

/** Codes of a head are numbered anew, 0 to kinds - 1: which feature it was does not matter any more. */
export interface HeadCodes {
  /** N */
  readonly heads: number;
  /** E */
  readonly prompts: number;
  /** [N E] */
  readonly codes: Int32Array;
  /** [N] different codes of each head. */
  readonly kinds: Int32Array;
}

/** Rows of a run of the encoder, about. */
const rowsAtOnce = 8192;

/** Encodes some prompts at a time, so that rows of all of them are never there at once. */
export async function headCodes(
  { heads, prompts }: CountedWrites,
  rows: RowsOfPrompts,
  program: CodeProgram,
  pace: Pace,
): Promise<HeadCodes> {
  const codes = new Int32Array(heads * prompts);
  const atOnce = Math.max(1, Math.floor(rowsAtOnce / heads));
  for (let from = 0; from < prompts; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, prompts - from) }, (_, i) => from + i);
    const found = await program.codes(rows(some));
    found.forEach((code, i) => (codes[(i % heads) * prompts + from + Math.floor(i / heads)] = code));
    await pace.advance(some.length);
  }
  return numberedAnew(codes, heads);
}

/** Any numbers [N E] as codes. */
export function numberedAnew(raw: ArrayLike<number>, heads: number): HeadCodes {
  const prompts = raw.length / heads;
  const codes = new Int32Array(raw.length);
  const kinds = new Int32Array(heads);
  for (let head = 0; head < heads; head++) {
    const numbers = new Map<number, number>();
    for (let at = head * prompts; at < (head + 1) * prompts; at++) {
      const code = raw[at] as number;
      const number = numbers.get(code) ?? numbers.size;
      numbers.set(code, number);
      codes[at] = number;
    }
    kinds[head] = numbers.size;
  }
  return { heads, prompts, codes, kinds };
}
