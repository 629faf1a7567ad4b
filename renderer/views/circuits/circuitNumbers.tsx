/** What the model does with the circuit alone, beside random circuits of the same size; greyed while it is of the one before. */
import type { ReactElement } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { useIsResident } from '../../api/hooks.ts';
import { formatNumber } from '../../marks/format.ts';
import { CancelledState, ErrorState } from '../../parts/states.tsx';
import { sentence } from '../ablate/sentence.ts';
import { randomWords, summaryWords } from './liveCircuit.ts';
import type { CircuitChoice } from './useCircuitChoice.ts';
import type { MeasuredCircuit } from './useCircuitEffect.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

interface CircuitNumbersProps {
  readonly shown: ShownCircuit;
  readonly live: MeasuredCircuit;
  readonly choice: CircuitChoice;
}

export function CircuitNumbers(props: CircuitNumbersProps): ReactElement {
  const { live } = props;
  const isResident = useIsResident();
  if (!isResident) return <p className="sweeps-quiet">The slider measures once the model is in memory.</p>;
  if (live.error !== null) return <ErrorState error={live.error} onRetry={live.again} />;
  if (live.status === 'cancelled') return <CancelledState onAgain={live.again} />;
  return (
    <div className="circuits-live" data-stale={live.isOld} aria-busy={live.status !== 'done'}>
      <Numbers {...props} />
      <p className="sweeps-quiet" role="status">
        {stateWords(props)}
      </p>
    </div>
  );
}

function Numbers({ shown, live }: CircuitNumbersProps): ReactElement | null {
  const { point, random } = live.value;
  if (point === null) return null;
  const { faithfulness, metric, accuracy, kl, ends } = point;
  const isAlike = faithfulness === null;
  return (
    <dl className="circuits-numbers">
      <Line
        name="Faithfulness"
        text={isAlike ? 'not defined' : summaryWords(faithfulness)}
        beside={isAlike ? 'the ends do not differ' : randomWords(random, (one) => one.faithfulness)}
      />
      <Line
        name={sentence(measures[shown.view.header.metricId].title)}
        text={summaryWords(metric)}
        beside={`whole ${formatNumber(ends.whole)}, none ${formatNumber(ends.empty)}; ${randomWords(random, (one) => one.metric)}`}
      />
      <Line name="KL, nats" text={summaryWords(kl)} beside={randomWords(random, (one) => one.kl)} />
      <Line
        name="Right"
        text={`${Math.round(accuracy.mean * accuracy.n)} of ${accuracy.n}`}
        beside={`${point.k} of ${point.of} nodes stay`}
      />
    </dl>
  );
}

function Line({ name, text, beside }: Readonly<Record<'name' | 'text' | 'beside', string>>): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {text}
        <small>{beside}</small>
      </dd>
    </div>
  );
}

function stateWords({ live, shown }: CircuitNumbersProps): string {
  const { point } = live.value;
  if (point === null) return 'Running the model';
  if (live.isOld) return 'Running the model: these numbers are of the circuit before.';
  const outside = shown.view.header.outside === 'mean' ? 'their means' : 'values of the counterfactual prompt';
  const ms = live.result === null ? '' : ` in ${formatNumber(Math.round(live.result.seconds * 1000))} ms`;
  const rest = live.status === 'done' ? '' : ' Random circuits follow.';
  return `Measured on the model${ms}, n ${point.metric.n} prompts, 95 % intervals; nodes outside have ${outside}.${rest}`;
}
