/** When a head copied, and from where. */
import type { PlannedRun } from '../../../engine/results/retrieve.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { RetrieveTable } from '../../api/retrieveTable.ts';

export interface HeadCopy {
  /** Row of the table that it is in. */
  readonly row: number;
  readonly run: PlannedRun;
  /** In `header.runs`. */
  readonly index: number;
  readonly step: number;
  /** Position in the prompt. */
  readonly key: number;
  /** Which token of the answer's span that is, from 0. */
  readonly offset: number;
  /** The token that was made; null without a tokenizer. */
  readonly piece: string | null;
}

export function headCopies({ header, runs }: RetrieveTable, head: HeadRef): readonly HeadCopy[] {
  return runs.flatMap(({ index, copies, pieces }, row) => {
    const run = header.runs[index];
    if (run === undefined) return [];
    return copies
      .filter(([layer, at]) => layer === head.layer && at === head.head)
      .map(([, , step, key]) => ({
        ...{ row, run, index, step, key },
        offset: key - run.span[0],
        piece: pieces?.[step] ?? null,
      }));
  });
}
