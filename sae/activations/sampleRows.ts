/** Rows of windows as a dictionary reads them, some of the first. */
import type { Model } from '../../engine/run/index.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';
import { countOf, rowAt } from '../rows.ts';
import { inputRows } from './inputRows.ts';
import type { WindowRows } from './siteRows.ts';
import { rowForm, rowTokens, siteRows } from './siteRows.ts';

export interface SampleRequest {
  readonly windows: readonly (readonly number[])[];
  readonly input: DictionaryInput;
  /** Tokens of a window that give no row, from its start. */
  readonly skip: number;
  /** Rows, at most. */
  readonly most: number;
  readonly signal?: AbortSignal;
}

/** Of a dictionary of means, a window's rows are the means over its tokens. */
export async function sampleRows(model: Model, request: SampleRequest): Promise<Rows> {
  const { input, skip, most, signal } = request;
  const { width, perToken } = rowForm(input, model.family);
  const parts: Rows[] = [];
  let count = 0;
  const asked = { windows: enough(request, perToken), places: [input], skip };
  for await (const batch of siteRows(model, signal === undefined ? asked : { ...asked, signal })) {
    const rows = input.rows === 'promptMean' ? windowMeans(batch, perToken, skip) : batch.rows;
    const read = await inputRows(model, rows, input);
    parts.push(read);
    count += countOf(read);
  }
  const data = new Float32Array(Math.min(count, most) * width);
  let from = 0;
  for (const part of parts) {
    data.set(part.data.subarray(0, data.length - from), from);
    from += Math.min(part.data.length, data.length - from);
  }
  return { width, data };
}

/** The first windows, until they have the rows. */
function enough({ windows, input, skip, most }: SampleRequest, perToken: number): SampleRequest['windows'] {
  let rows = 0;
  const end = windows.findIndex((window) => {
    const own = rowTokens(window, skip);
    rows += (input.rows === 'promptMean' ? Math.min(1, own) : own) * perToken;
    return rows >= most;
  });
  return end < 0 ? windows : windows.slice(0, end + 1);
}

/** [windows perToken, width] */
function windowMeans({ rows, ids }: WindowRows, perToken: number, skip: number): Rows {
  const { width } = rows;
  const counts = ids.map((window) => rowTokens(window, skip)).filter((count) => count > 0);
  const data = new Float32Array(counts.length * perToken * width);
  let from = 0;
  counts.forEach((count, window) => {
    for (let row = 0; row < count * perToken; row++) {
      const to = (window * perToken + (row % perToken)) * width;
      rowAt(rows, from + row).forEach((value, d) => (data[to + d] = (data[to + d] as number) + value / count));
    }
    from += count * perToken;
  });
  return { width, data };
}
