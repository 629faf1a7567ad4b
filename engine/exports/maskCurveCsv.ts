/** A mask curve as a table for a spreadsheet: one row for each set of heads under each mask (RFC 4180, line feeds). Imports results only. */
import type { ClusteredMean, MaskPoint, MaskRows } from '../results/maskPoints.ts';
import { maskPoints } from '../results/maskPoints.ts';

const measures = ['accuracy', 'stepsAccuracy', 'firstChoice', 'logProbability', 'loss'] as const;

const columns = [
  ...['mask', 'sinks', 'recent', 'scope', 'set', 'k', 'draws'],
  ...['accuracy', 'steps_accuracy', 'first_choice', 'log_probability', 'loss'].flatMap((name) => [
    ...[`${name}_mean`, `${name}_ci95_low`, `${name}_ci95_high`, `${name}_n`],
  ]),
  ...['perplexity', 'draws_accuracy_least', 'draws_accuracy_most', 'draws_perplexity_least', 'draws_perplexity_most'],
];

/** Random sets of one k are one row. Empty where nothing was measured, and where one cluster says nothing of others. */
export function maskCurveCsv(rows: MaskRows): string {
  const { scope } = rows.header;
  const lines = maskPoints(rows).map((point) => row(point, scope));
  return [columns, ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}

// No cell can hold a comma or a quote.
function row(point: MaskPoint, scope: string): (string | number)[] {
  const { mask, set, k, draws, perplexity, spread } = point;
  const window = mask?.kind === 'stream' ? [mask.sinks, mask.recent] : ['', ''];
  return [
    ...[mask?.kind ?? 'none', ...window, scope, set, k, draws],
    ...measures.flatMap((measure) => cellsOf(point[measure])),
    ...[perplexity ?? '', ...(spread?.accuracy ?? ['', '']), ...(spread?.perplexity ?? ['', ''])],
  ];
}

function cellsOf(value: ClusteredMean | null): (string | number)[] {
  return value === null ? ['', '', '', ''] : [value.mean, ...(value.interval ?? ['', '']), value.n];
}
