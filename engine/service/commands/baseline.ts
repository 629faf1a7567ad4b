/** The lines that say whether the model can do the task at all. */
import type { Baseline } from '../../results/taskReport.ts';
import { measures } from '../../terms/measures.ts';
import { formatFacts, interval, percent, signed } from '../table.ts';

export function describeBaseline(
  dataset: string,
  { metricId, direction, metric, accuracy, doesTask }: Baseline,
): string {
  const { title, unit } = measures[metricId];
  const share = `[${percent(accuracy.interval[0])}, ${percent(accuracy.interval[1])}]`;
  return formatFacts([
    ['task', `${dataset}, ${metric.n} prompts`],
    [
      `mean ${title}`,
      `${signed(metric.mean)} ${unit}, 95 % interval ${metric.n < 2 ? 'unknown' : interval(metric.interval)} (${direction} is better)`,
    ],
    ['accuracy', `${percent(accuracy.mean)}, 95 % interval ${share}`],
    ['does the task', doesTask ? 'yes' : 'no: not better than chance'],
  ]);
}
