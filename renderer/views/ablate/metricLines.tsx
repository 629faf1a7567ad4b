/** The metric before and after, with intervals, and what it changed by. */
import type { ReactElement } from 'react';
import type { Summary } from '../../../engine/results/records.ts';
import { measures } from '../../../engine/terms/measures.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { decimalsFor, formatChange, formatFixed } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import type { EffectView } from './effectView.ts';
import { kindWords } from './effectWords.ts';
import type { EffectRequest } from './liveEffect.ts';
import { useChangePaint } from './paintSettings.ts';
import { sentence } from './sentence.ts';

/** Below so many prompts an interval says little. */
const FEW = 30;

interface MetricLinesProps {
  readonly metric: EffectView['metric'];
  readonly of: EffectRequest;
}

export function MetricLines({ metric, of }: MetricLinesProps): ReactElement {
  if (metric === null) {
    const on = of.prompts.kind === 'task' ? `${of.prompts.n} prompts` : 'all prompts';
    return (
      <Section title="Metric">
        <p className="ablate-note">{`Computing over ${on}`}</p>
      </Section>
    );
  }
  const { title, unit } = measures[metric.metricId];
  const decimals = decimalsFor(Math.max(Math.abs(metric.before.mean), Math.abs(metric.after.mean)));
  const value = (summary: Summary) => `${formatFixed(summary.mean, decimals)} ${intervalWords(summary, decimals)}`;
  const change = `${formatChange(metric.change.mean, decimals)} ${intervalWords(metric.change, decimals)}`;
  return (
    <Section
      title={sentence(title)}
      aside={
        <span
          title={`Means of ${metric.change.n} prompts, with 95 % intervals`}
        >{`${kindWords(of)}, n ${metric.change.n}, ${unit}`}</span>
      }
    >
      <dl className="ablate-metric">
        <Line name="clean" text={value(metric.before)} />
        <Line name="edited" text={value(metric.after)} isStrong />
        <Line name="change" text={change} />
        <Line name="accuracy" text={`${share(metric.accuracyAfter)}, clean ${share(metric.accuracyBefore)}`} />
        <Line name="KL" text={`${formatFixed(metric.kl.mean, 3)} nats ${intervalWords(metric.kl, 3)}`} />
      </dl>
      {metric.change.n < FEW && <FewPrompts n={metric.change.n} of={of} />}
    </Section>
  );
}

/** With a way to all of them where only the first are measured on. */
function FewPrompts({ n, of }: { readonly n: number; readonly of: EffectRequest }): ReactElement {
  const change = useChangePaint();
  const prompts = useWorkspace((state) => state.prompts);
  const all = prompts?.kind === 'task' && of.prompts.kind === 'task' ? prompts.n : n;
  return (
    <div className="ablate-few">
      <p className="ablate-warning">{n === 1 ? 'One prompt is an example, no test.' : `${n} prompts are few.`}</p>
      {all > n && <Button look="plain" onClick={() => change({ quick: null })}>{`Run all ${all}`}</Button>}
    </div>
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
