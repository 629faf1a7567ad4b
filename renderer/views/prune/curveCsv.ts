/** A curve as CSV: a line for each point, of the plan and of random plans. */
import type { Summary } from '../../../engine/results/records.ts';
import { csvOf } from '../../parts/csv.ts';
import type { CurveView, ShownPoint } from './curveFold.ts';

const measured = ['loss', 'change', 'kl', 'metric'] as const;
const titles = [
  ...['units_removed', 'draw', 'measured_by'],
  ...measured.flatMap((name) => [name, `${name}_low_95`, `${name}_high_95`]),
  'n',
];

/** `draw` is empty for the plan itself. */
export function curveCsv({ points }: CurveView, kept: readonly ShownPoint[]): string {
  const lineOf = (by: string) => (point: ShownPoint) => [
    ...[point.units, point.draw, by],
    ...measured.flatMap((name) => cells(point[name])),
    point.change.n,
  ];
  return csvOf(titles, [...points.map(lineOf('curve')), ...kept.map(lineOf('slider'))]);
}

function cells(summary: Summary | null): readonly (number | null)[] {
  if (summary === null) return [null, null, null];
  return [summary.mean, ...summary.interval].map((value) => Number(value.toPrecision(9)));
}
