/** The whole of a detection in words. */
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import { formatNumber } from '../../marks/format.ts';
import { rankedHeads, sharesOf } from './rankedHeads.ts';
import { percentWords } from './retrievalWords.ts';

/** `24 of 32 runs count (generate) · score 0: 71 % of heads, ≥ 0.1: 6 % · top 10 recurs to 93 %, n 24` */
export function summaryWords(table: RetrieveTable): string {
  const { header, runs, stability } = table;
  const counted = runs.filter(({ counts }) => counts);
  const made = new Set(runs.map(({ index }) => index)).size;
  const mode = counted.some((run) => run.mode === 'forced') ? 'answer given' : 'model answers';
  const { zero, atLeastTenth } = sharesOf(rankedHeads(table, 'legacy'));
  const heads = `score 0: ${percentWords(zero)} of heads, ≥ 0.1: ${percentWords(atLeastTenth)}`;
  const settled = stability === null ? [] : [`top ${stability.top} recurs to ${percentWords(stability.overlap)}`];
  const size = `${formatNumber(counted.length)} of ${formatNumber(made)} runs count, ${header.runs.length} planned (${mode})`;
  return [size, ...(counted.length === 0 ? [] : [heads]), ...settled].join(' · ');
}
