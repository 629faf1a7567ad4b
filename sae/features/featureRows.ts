/** Codes of windows of text, window by window: what a dictionary says of every token. */
import type { Model } from '../../engine/run/index.ts';
import { inputRows } from '../activations/inputRows.ts';
import type { WindowRows } from '../activations/siteRows.ts';
import { rowForm, siteRows } from '../activations/siteRows.ts';
import type { Codes } from '../codes.ts';
import type { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import type { Rows } from '../rows.ts';
import { rowAt } from '../rows.ts';

export interface WindowCodes {
  /** Which of the windows. */
  readonly window: number;
  /** Positions of the tokens that have rows, ascending. */
  readonly positions: readonly number[];
  /** Rows a token: one, or one a layer and head. */
  readonly perToken: number;
  /** [positions perToken] */
  readonly codes: Codes;
}

export interface WindowCodesRequest {
  /** Token ids. */
  readonly windows: readonly (readonly number[])[];
  /** Tokens at the start of a window that have no row. */
  readonly skip: number;
  readonly signal?: AbortSignal;
}

/** Windows in order. Of a dictionary whose rows are means over positions, a window's only row stands at its last token. */
export async function* windowCodes(
  model: Model,
  program: DictionaryProgram,
  request: WindowCodesRequest,
): AsyncGenerator<WindowCodes, void, void> {
  const { input } = program.dictionary;
  const { perToken } = rowForm(input, model.family);
  let window = 0;
  for await (const batch of siteRows(model, { ...request, places: [input] })) {
    const rows = await inputRows(model, batch.rows, input);
    for (const positions of positionsOf(batch)) {
      const first = batch.tokens.findIndex(({ row }) => row === positions.row);
      const own = rowsOf(rows, Math.max(0, first) * perToken, positions.list.length * perToken);
      const isMean = input.rows === 'promptMean' && positions.list.length > 0;
      const { codes } = await program.encode(isMean ? meanOverTokens(own, perToken) : own);
      yield { window, positions: isMean ? positions.list.slice(-1) : positions.list, perToken, codes };
      window++;
    }
  }
}

function positionsOf({ ids, tokens }: WindowRows): { readonly row: number; readonly list: readonly number[] }[] {
  const lists = ids.map(() => [] as number[]);
  for (const { row, position } of tokens) lists[row]?.push(position);
  return lists.map((list, row) => ({ row, list }));
}

function rowsOf({ width, data }: Rows, first: number, count: number): Rows {
  return { width, data: data.subarray(first * width, (first + count) * width) };
}

/** [perToken, width]: the mean over tokens of each of the rows that a token has. */
export function meanOverTokens(rows: Rows, perToken: number): Rows {
  const { width, data } = rows;
  const count = data.length / width;
  const sums = new Float64Array(perToken * width);
  for (let row = 0; row < count; row++) {
    const at = (row % perToken) * width;
    rowAt(rows, row).forEach((value, d) => (sums[at + d] = (sums[at + d] as number) + value));
  }
  return { width, data: Float32Array.from(sums, (sum) => (sum * perToken) / count) };
}
