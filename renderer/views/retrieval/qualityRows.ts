/** The rows of a measurement of streaming heads, so far, and its lines over the share that streams. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { DuoQualityHeader, StreamedHeads } from '../../../engine/results/duo.ts';
import type { LineSeries } from '../../marks/lineChart.tsx';
import type { RunTable } from '../../api/runTables.ts';

export interface QualityRows {
  readonly header: DuoQualityHeader;
  /** Choices of heads, the unedited model first. */
  readonly points: readonly StreamedHeads[];
}

export type QualityNumber = 'answer' | 'correct' | 'loss';

/** Null before the run says what it is. */
export function qualityRows(table: RunTable | null): QualityRows | null {
  if (table?.kind !== 'rows' || table.call !== 'duoQuality') return null;
  const events = table.rows.flatMap((row) => (row.call === 'duoQuality' ? [row.event] : []));
  return events.reduce<QualityRows | null>(withEvent, null);
}

function withEvent(rows: QualityRows | null, event: EventOf<'duoQuality'>): QualityRows | null {
  // A run that went on after an interruption says a second time what it is: what is known stays known.
  if (event.kind === 'start') return rows ?? { header: event.header, points: [] };
  return rows === null || event.kind === 'progress' ? rows : { ...rows, points: [...rows.points, event] };
}

/** The model as it is; null until it is measured. */
export function unedited({ points }: QualityRows): StreamedHeads | null {
  return points.find(({ ranking }) => ranking === null) ?? null;
}

/** Percent of KV heads that stream, in words: of the sparsity that was asked for. */
export function sparsityWords(sparsity: number): string {
  return `${Number((100 * sparsity).toFixed(1))} %`;
}

/** Names the choice: `gates, 50 %`, `random 2, 50 %`. */
export function pointName({ ranking, draw, sparsity }: StreamedHeads): string {
  if (ranking === null) return 'the model as it is';
  return `${draw === null ? ranking : `random ${draw + 1}`}, ${sparsityWords(sparsity)}`;
}

/** Rankings with their 95 % intervals, then the random draws from the least to the most, each from the model as it is on. */
export function qualitySeries(rows: QualityRows, number: QualityNumber): readonly LineSeries[] {
  const full = unedited(rows);
  if (full === null) return [];
  const ranked = rows.points.filter(({ draw, ranking }) => draw === null && ranking !== null);
  const names = [...new Set(ranked.map(({ ranking }) => ranking))];
  const lines = names.map((name): LineSeries => {
    const own = [full, ...ranked.filter(({ ranking }) => ranking === name).toSorted(bySparsity)];
    const [low, high] = ([0, 1] as const).map((end) => own.map((point) => point[number].interval[end]));
    const values = { x: own.map(percentOf), y: own.map((point) => point[number].mean) };
    return { name: name ?? '', ...values, ...(low === undefined || high === undefined ? {} : { low, high }) };
  });
  return [...lines, ...randomSeries(rows, full, number)];
}

function bySparsity(a: StreamedHeads, b: StreamedHeads): number {
  return a.sparsity - b.sparsity;
}

function percentOf({ sparsity }: StreamedHeads): number {
  return 100 * sparsity;
}

function randomSeries(rows: QualityRows, full: StreamedHeads, number: QualityNumber): readonly LineSeries[] {
  const drawn = rows.points.filter(({ draw }) => draw !== null);
  if (drawn.length === 0) return [];
  const sparsities = [...new Set(drawn.map(({ sparsity }) => sparsity))].sort((a, b) => a - b);
  const means = sparsities.map((at) => drawn.filter(({ sparsity }) => sparsity === at).map((one) => one[number].mean));
  const all = [[full[number].mean], ...means];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const draws = Math.max(...means.map(({ length }) => length));
  return [
    {
      name: `${draws} random`,
      x: [0, ...sparsities.map((sparsity) => 100 * sparsity)],
      y: all.map(mean),
      low: all.map((values) => Math.min(...values)),
      high: all.map((values) => Math.max(...values)),
      control: true,
    },
  ];
}
