/** What a dictionary says of every token of one prompt. */
import type { Model } from '../../engine/run/index.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import { inputRows } from '../activations/inputRows.ts';
import { captureFor, placeRows, rowForm } from '../activations/siteRows.ts';
import type { Codes } from '../codes.ts';
import type { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import type { Rows } from '../rows.ts';
import { rowAt } from '../rows.ts';
import { meanOverTokens } from './featureRows.ts';

export interface EncodePromptRequest {
  readonly ids: readonly number[];
  readonly edits?: readonly Edit[];
  readonly signal?: AbortSignal;
}

export interface EncodedPrompt {
  /** Rows that the dictionary reads, in the model's units: `perToken` of each token, layer by layer, head by head. */
  readonly rows: Rows;
  readonly perToken: number;
  /** [positions perToken] */
  readonly codes: Codes;
  readonly reconstruction: Rows;
}

/** Every position, the first too. Throws Fault for bad edits and for values that are not finite. */
export async function encodePrompt(
  model: Model,
  program: DictionaryProgram,
  { ids, edits = [], signal }: EncodePromptRequest,
): Promise<EncodedPrompt> {
  const { input } = program.dictionary;
  const capture = captureFor([input], model.family);
  const request = { ids: [ids], edits, capture, logits: 'none' } as const;
  const activations = await model.forward(signal === undefined ? request : { ...request, signal });
  const tokens = ids.map((_, position) => ({ row: 0, position }));
  const rows = await inputRows(model, placeRows(activations, input, tokens, model.family), input);
  const { perToken } = rowForm(input, model.family);
  const own = input.rows === 'promptMean' ? meanOverTokens(rows, perToken) : rows;
  return { rows: own, perToken, ...(await program.encode(own)) };
}

export interface TokenCodes {
  /** [positions + 1], then feature and value of each entry, features ascending. */
  readonly starts: Uint32Array;
  readonly features: Uint32Array;
  readonly values: Float32Array;
  /** [positions] |x - x^|^2 / |x|^2; NaN where there is no row. */
  readonly error: Float32Array;
}

/**
 * One list a token: of several rows of a token the largest activation of each feature, and their errors and squares summed. Means
 * over positions stand at the last token.
 */
export function tokenCodes({ rows, perToken, codes, reconstruction }: EncodedPrompt, positions: number): TokenCodes {
  const count = rows.data.length / rows.width / perToken;
  const lists = Array.from({ length: positions }, (_, position) => {
    const token = position - (positions - count);
    return token < 0 ? null : { largest: largestOf(codes, token * perToken, perToken), token };
  });
  const entries = lists.map((list) => (list === null ? [] : [...list.largest].sort(([a], [b]) => a - b)));
  const starts = new Uint32Array(positions + 1);
  entries.forEach(({ length }, i) => (starts[i + 1] = (starts[i] as number) + length));
  return {
    starts,
    features: Uint32Array.from(entries.flat(), ([feature]) => feature),
    values: Float32Array.from(entries.flat(), ([, value]) => value),
    error: Float32Array.from(lists, (list) =>
      list === null ? NaN : errorOf(rows, reconstruction, list.token * perToken, perToken),
    ),
  };
}

/** Feature -> its largest activation on some rows. */
export function largestOf({ starts, indices, values }: Codes, first: number, count: number): Map<number, number> {
  const largest = new Map<number, number>();
  for (let at = starts[first] as number; at < (starts[first + count] as number); at++) {
    const [feature, value] = [indices[at] as number, values[at] as number];
    largest.set(feature, Math.max(largest.get(feature) ?? -Infinity, value));
  }
  return largest;
}

function errorOf(rows: Rows, reconstruction: Rows, first: number, count: number): number {
  let [error, square] = [0, 0];
  for (let row = first; row < first + count; row++) {
    const [x, y] = [rowAt(rows, row), rowAt(reconstruction, row)];
    x.forEach((value, d) => {
      error += (value - (y[d] as number)) ** 2;
      square += value ** 2;
    });
  }
  return square === 0 ? 0 : error / square;
}
