/** Sweeps as CSV: what was done stands in every line, so that lines can be taken out and put together. */
import type { AblationHeader } from '../../../engine/results/ablation.ts';
import type { SetsHeader } from '../../../engine/results/ablateSets.ts';
import type { CsvCell } from '../../parts/csv.ts';
import { csvOf } from '../../parts/csv.ts';
import { headName } from '../../state/headNames.ts';
import type { Estimate, SweepRow } from './sweepsRows.ts';

const none: Estimate = { value: NaN, low: NaN, high: NaN };

export function sweepCsv(header: AblationHeader | SetsHeader, rows: readonly SweepRow[]): string {
  const titles = [
    ...['name', 'heads', 'effect', 'effect_low_95', 'effect_high_95', 'kl', 'kl_low_95', 'kl_high_95'],
    ...['interaction', 'interaction_low_95', 'interaction_high_95'],
    ...['n', 'metric', 'ablation', 'scale', 'prompts'],
  ];
  const { metricId, ablation, scale, calibration } = header;
  const lines = rows.map(({ name, heads, effect, kl, interaction, n }): readonly CsvCell[] => [
    ...[name, heads.map(headName).join(' ')],
    ...[effect, kl, interaction ?? none].flatMap(({ value, low, high }) => [value, low, high].map(rounded)),
    ...[n, metricId, ablation, scale, calibration.dataset],
  ]);
  return csvOf(titles, lines);
}

/** 9 digits bring a float32 back exactly. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
