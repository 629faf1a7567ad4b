/** One row a prompt: that of its answer position, or the mean over positions for a dictionary of means. */
import type { Model } from '../../engine/run/index.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';
import { meanRow, rowAt, rowsAt } from '../rows.ts';
import { rowForm, siteRows } from './siteRows.ts';

export interface PromptRowsRequest {
  readonly input: Pick<DictionaryInput, 'site' | 'layer' | 'head' | 'rows'>;
  /** Positions that a mean leaves out, from the start: 1 where prompts begin with BOS. */
  readonly skip: number;
  readonly signal?: AbortSignal | undefined;
}

/** Are there as many rows as tokens, so that a prompt has one at its answer position? */
export function hasPromptRows(input: PromptRowsRequest['input'], { family }: Model): boolean {
  return rowForm(input, family).perToken === 1;
}

/** As the model has them. RangeError for a place with several rows a token (`hasPromptRows`). */
export async function promptRows(model: Model, prompts: readonly Prompt[], request: PromptRowsRequest): Promise<Rows> {
  const { input, skip, signal } = request;
  const { width, perToken } = rowForm(input, model.family);
  if (perToken !== 1) throw new RangeError(`rows of prompts: expected one row a token, got ${perToken}`);
  const data = new Float32Array(prompts.length * width);
  let next = 0;
  const windows = prompts.map(({ ids }) => ids);
  const first = input.rows === 'promptMean' ? skip : 0;
  const asked = { windows, places: [input], skip: first, ...(signal === undefined ? {} : { signal }) };
  for await (const { rows, ids } of siteRows(model, asked)) {
    let from = 0;
    for (const { length } of ids) {
      const own = { from, to: from + length - first };
      data.set(promptRow(rows, own, input.rows, prompts[next]?.answerPosition ?? 0), next * width);
      from = own.to;
      next++;
    }
  }
  return { width, data };
}

function promptRow(
  rows: Rows,
  { from, to }: { readonly from: number; readonly to: number },
  kind: DictionaryInput['rows'],
  answerPosition: number,
): ArrayLike<number> {
  if (kind === 'token') return rowAt(rows, from + answerPosition);
  return meanRow(
    rowsAt(
      rows,
      Array.from({ length: to - from }, (_, i) => from + i),
    ),
  );
}
