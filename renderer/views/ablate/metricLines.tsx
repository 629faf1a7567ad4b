/** The metric before and after, with intervals, and what it changed by. */
import type { ReactElement } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import type { Summary } from '../../../engine/results/records.ts';
import { decimalsFor, formatChange, formatFixed } from '../../marks/format.ts';
import { Section } from '../../parts/section.tsx';
import { sentence } from './sentence.ts';
import type { EffectView } from './effectView.ts';

/** Below so many prompts an interval says little. */
const FEW = 30;

export function MetricLines({
  metric,
  n,
}: {
  readonly metric: EffectView['metric'];
  readonly n: number | null;
}): ReactElement {
  if (metric === null) {
    return (
      <Section title="Metric">
        <p className="ablate-note">{n === null ? 'Computing' : `Computing over ${n} prompts`}</p>
      </Section>
    );
  }
  const { title, unit } = measures[metric.metricId];
  const decimals = decimalsFor(Math.max(Math.abs(metric.before.mean), Math.abs(metric.after.mean)));
  const value = (summary: Summary) => `${formatFixed(summary.mean, decimals)} ${intervalWords(summary, decimals)}`;
  const count = metric.change.n;
  return (
    <Section title={sentence(title)} aside={`mean of ${count} prompts, ${unit}`}>
      <dl className="ablate-metric">
        <Line name="clean" text={value(metric.before)} />
        <Line name="edited" text={value(metric.after)} isStrong />
        <Line
          name="change"
          text={`${formatChange(metric.change.mean, decimals)} ${intervalWords(metric.change, decimals)}`}
        />
        <Line name="accuracy" text={`${share(metric.accuracyAfter)}, clean ${share(metric.accuracyBefore)}`} />
        <Line name="KL" text={`${formatFixed(metric.kl.mean, 3)} nats ${intervalWords(metric.kl, 3)}`} />
      </dl>
      {count < FEW && (
        <p className="ablate-warning">{`${count} prompts are few: use all of them before you rely on it.`}</p>
      )}
    </Section>
  );
}

function Line({
  name,
  text,
  isStrong = false,
}: {
  readonly name: string;
  readonly text: string;
  readonly isStrong?: boolean;
}): ReactElement {
  return (
    <div data-strong={isStrong}>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function intervalWords({ interval: [low, high], n }: Summary, decimals: number): string {
  return n < 2 ? '' : `[${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

function share({ mean }: Summary): string {
  return `${Math.round(mean * 100)} %`;
}
