/** One row per unit, for a spreadsheet. Imports results only. */
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import type { Summary } from '../results/records.ts';
import type { ExportFormat } from './exportFormat.ts';
import { inLayerOrder, rounded } from './exportFormat.ts';

const columns = [
  ...['unit', 'layer', 'head', 'kv_group', 'ablation', 'metric'],
  ...['effect_mean', 'effect_se', 'effect_ci95_low', 'effect_ci95_high'],
  ...['kl_mean', 'kl_se', 'kl_ci95_low', 'kl_ci95_high', 'n'],
];

export const csv: ExportFormat = {
  id: 'csv',
  title: 'Table of effects (CSV, RFC 4180, line feeds)',
  extension: 'csv',
  write({ header, units }) {
    const rows = inLayerOrder(units).map((unit) => row(header, unit));
    return [columns, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
  },
};

// No cell can hold a comma or a quote: ids and numbers only.
function row(header: AblationHeader, unit: AblatedUnit): (string | number)[] {
  const place = [header.unit, unit.layer, unit.head ?? '', unit.kvGroup ?? '', header.ablation, header.metricId];
  return [...place, ...effectCells(unit.effect), ...effectCells(unit.kl), unit.effect.n];
}

/** Mean, standard error and both ends of the interval; empty where there is no number. */
export function effectCells({ mean, standardError, interval, n }: Summary): (number | string)[] {
  // One prompt says nothing of the spread.
  const spread = n < 2 ? [NaN, NaN, NaN] : [standardError, ...interval];
  return [mean, ...spread].map((value) => (Number.isFinite(value) ? rounded(value) : ''));
}
