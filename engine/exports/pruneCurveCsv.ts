/** A pruning curve as a table for a spreadsheet: one row per point, the plan's first (RFC 4180, line feeds). Imports results only. */
import type { CurvePoint, PruneCurveHeader } from '../results/pruneCurve.ts';
import type { Summary } from '../results/records.ts';
import { effectCells } from './csv.ts';

const spread = (name: string) => ['mean', 'se', 'ci95_low', 'ci95_high'].map((part) => `${name}_${part}`);

const columns = [
  ...['unit', 'order', 'units_removed', 'heads_removed', 'weights_removed', 'kv_bytes_removed'],
  ...[...spread('loss'), ...spread('loss_change'), ...spread('kl'), 'n'],
  ...['metric', ...spread('metric'), ...spread('metric_change'), 'metric_n'],
];

export interface PruneCurveRecord {
  readonly header: PruneCurveHeader;
  /** In any order. */
  readonly points: readonly CurvePoint[];
}

/** `order` is `plan` or the number of a random one. */
export function pruneCurveCsv({ header, points }: PruneCurveRecord): string {
  const rank = ({ draw }: CurvePoint) => draw ?? -1;
  const ordered = [...points].sort((a, b) => rank(a) - rank(b) || a.units - b.units);
  const rows = ordered.map((point) => row(header, point));
  return [columns, ...rows].map((line) => `${line.join(',')}\n`).join('');
}

// No cell can hold a comma or a quote: ids and numbers only.
function row({ unit, sizes, task }: PruneCurveHeader, point: CurvePoint): (string | number)[] {
  const { draw, units, loss, change, kl, metric, metricChange } = point;
  const size = sizes.find((one) => one.units === units);
  // Keys and values go with whole groups: what a random order of heads frees is another number.
  const known = draw === null || unit === 'kv-group';
  return [
    ...[unit, draw ?? 'plan', units, size?.heads ?? ''],
    ...[known ? (size?.parameters ?? '') : '', known ? (size?.kvBytes ?? '') : ''],
    ...[...effectCells(loss), ...effectCells(change), ...effectCells(kl), loss.n],
    ...[metric === null ? '' : (task?.metricId ?? ''), ...optional(metric), ...optional(metricChange), metric?.n ?? ''],
  ];
}

function optional(summary: Summary | null): readonly (string | number)[] {
  return summary === null ? ['', '', '', ''] : effectCells(summary);
}
