/** Effects of removal as a table for a spreadsheet: one row per unit (RFC 4180, line feeds). Imports results only. */
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import { effectCells } from './csv.ts';
import type { AblationRecord } from './exportFormat.ts';
import { inLayerOrder } from './exportFormat.ts';

const columns = [
  ...['unit', 'layer', 'head', 'kv_group', 'ablation', 'metric'],
  ...['effect_mean', 'effect_se', 'effect_ci95_low', 'effect_ci95_high'],
  ...['kl_mean', 'kl_se', 'kl_ci95_low', 'kl_ci95_high', 'n'],
];

export function ablationCsv({ header, units }: AblationRecord): string {
  const rows = inLayerOrder(units).map((unit) => row(header, unit));
  return [columns, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

// No cell can hold a comma or a quote: ids and numbers only.
function row(header: AblationHeader, unit: AblatedUnit): (string | number)[] {
  const place = [header.unit, unit.layer, unit.head ?? '', unit.kvGroup ?? '', header.ablation, header.metricId];
  return [...place, ...effectCells(unit.effect), ...effectCells(unit.kl), unit.effect.n];
}
