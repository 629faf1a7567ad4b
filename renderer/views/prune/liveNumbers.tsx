/** What the slider's place costs, in numbers: of a part of the text first, marked while they belong to the place before. */
import type { ReactElement } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { useIsResident } from '../../api/hooks.ts';
import { decimalsFor, formatFixed, formatNumber } from '../../marks/format.ts';
import { CancelledState, ErrorState } from '../../parts/states.tsx';
import { sentence } from '../ablate/sentence.ts';
import type { CurveMeasure, CurveView, RandomPoint } from './curveFold.ts';
import { randomNear, randomPoints } from './curveFold.ts';
import { changeWords, valueWords, wholeWords } from './pruneWords.ts';
import { unitWords } from './pruneUnits.ts';
import type { Scene } from './scene.ts';
import type { LivePoint, ShownNumbers } from './useLivePoint.ts';

interface LiveNumbersProps {
  readonly curve: CurveView;
  readonly live: LivePoint;
  readonly scene: Scene;
  readonly position: number;
}

export function LiveNumbers(props: LiveNumbersProps): ReactElement {
  const { live } = props;
  const isResident = useIsResident();
  if (!isResident) return <p className="sweeps-quiet prune-note">The slider measures once the model is in memory.</p>;
  if (live.error !== null) return <ErrorState error={live.error} onRetry={live.again} />;
  if (live.status === 'cancelled') return <CancelledState onAgain={live.again} />;
  return (
    <div className="prune-live" data-stale={live.isOld} aria-busy={live.status !== 'done'}>
      <dl className="prune-numbers">
        <Sizes live={live} />
        {live.shown !== null && <Numbers {...props} shown={live.shown} />}
      </dl>
      <p className="sweeps-quiet" role="status">
        {stateWords(live)}
      </p>
    </div>
  );
}

function Numbers({
  curve,
  scene,
  position,
  shown: { header, change, kl, metric },
}: LiveNumbersProps & { readonly shown: ShownNumbers }): ReactElement {
  const randomOf = (measure: CurveMeasure) => randomWords(randomNear(randomPoints(curve, measure), position), scene);
  const task = header?.task ?? null;
  return (
    <>
      <Line name="Δ loss" text={`${changeWords(change, digits(change.mean))} nats`} beside={randomOf('change')} />
      <Line name="KL" text={`${valueWords(kl, digits(kl.mean))} nats`} beside={randomOf('kl')} />
      {task !== null && (
        <Line
          name={sentence(measures[task.metricId].title)}
          text={metric === null ? 'after the text' : valueWords(metric, digits(metric.mean))}
          beside={metric === null ? `n ${task.n}` : randomOf('metric')}
        />
      )}
    </>
  );
}

function digits(mean: number): number {
  return Math.min(3, Math.max(2, decimalsFor(mean)));
}

function stateWords({ shown, isOld, result, value }: LivePoint): string {
  if (shown === null) return 'Measuring on the model';
  if (isOld) return 'Measuring: these numbers belong to the place before.';
  const samples = `n ${shown.change.n} ${value.header?.texts.samples.of ?? 'window'}s`;
  if (shown.windows !== null) {
    const all = value.header?.texts.n ?? shown.windows;
    return `On ${shown.windows} of ${all} windows so far, 95 % intervals, ${samples}; measuring the others.`;
  }
  const ms = result === null ? '' : ` in ${formatNumber(Math.round(result.seconds * 1000))} ms`;
  return `Measured on the model${ms}: means with 95 % intervals, ${samples}.`;
}

function randomWords(near: RandomPoint | null, { unit }: Scene): string {
  if (near === null) return 'random plans not measured';
  const decimals = digits(near.most);
  return `random ${formatFixed(near.least, decimals)} to ${formatFixed(near.most, decimals)} (${near.draws} plans, ${near.units} ${unitWords(unit)})`;
}

function Sizes({ live }: { readonly live: LivePoint }): ReactElement | null {
  const [size] = (live.value.header ?? live.shown?.header)?.sizes ?? [];
  if (size === undefined) return null;
  return (
    <>
      <Line name="heads gone" text={formatNumber(size.heads)} />
      <Line name="weights gone" text={wholeWords(size.parameters)} />
      <Line name="KV cache" text={`−${formatNumber(size.kvBytes)} bytes a token`} beside="float32" />
    </>
  );
}

interface LineProps {
  readonly name: string;
  readonly text: string;
  readonly beside?: string;
}

function Line({ name, text, beside }: LineProps): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {text}
        {beside !== undefined && <small>{beside}</small>}
      </dd>
    </div>
  );
}
