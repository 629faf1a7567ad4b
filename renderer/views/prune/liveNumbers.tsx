/** What the slider's place costs, in numbers: marked while they belong to the place before. */
import type { ReactElement } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { useIsResident } from '../../api/hooks.ts';
import { decimalsFor, formatFixed, formatNumber } from '../../marks/format.ts';
import { ErrorState } from '../../parts/states.tsx';
import { sentence } from '../ablate/sentence.ts';
import type { CurveMeasure, CurveView, RandomPoint } from './curveFold.ts';
import { randomNear, randomPoints } from './curveFold.ts';
import { changeWords, valueWords, wholeWords } from './pruneWords.ts';
import { unitWords } from './pruneUnits.ts';
import type { Scene } from './scene.ts';
import type { LivePoint } from './useLivePoint.ts';

interface LiveNumbersProps {
  readonly curve: CurveView;
  readonly live: LivePoint;
  readonly scene: Scene;
  readonly position: number;
}

export function LiveNumbers({ curve, live, scene, position }: LiveNumbersProps): ReactElement {
  const isResident = useIsResident();
  if (!isResident) return <p className="sweeps-quiet prune-note">The slider measures once the model is in memory.</p>;
  if (live.error !== null) return <ErrorState error={live.error} onRetry={live.again} />;
  const [point] = live.value.points;
  const isOld = live.stale || point === undefined;
  const randomOf = (measure: CurveMeasure) => randomWords(randomNear(randomPoints(curve, measure), position), scene);
  const { task } = live.value.header ?? { task: null };
  return (
    <div className="prune-live" data-stale={live.stale} aria-busy={isOld}>
      <dl className="prune-numbers">
        <Sizes live={live} />
        {point !== undefined && (
          <>
            <Line
              name="Δ loss"
              text={`${changeWords(point.change, digits(point.change.mean))} nats`}
              beside={randomOf('change')}
            />
            <Line name="KL" text={`${valueWords(point.kl, digits(point.kl.mean))} nats`} beside={randomOf('kl')} />
          </>
        )}
        {point?.metric !== undefined && point.metric !== null && task !== null && (
          <Line
            name={sentence(measures[task.metricId].title)}
            text={valueWords(point.metric, digits(point.metric.mean))}
            beside={randomOf('metric')}
          />
        )}
      </dl>
      <p className="sweeps-quiet" role="status">
        {stateWords(live, isOld)}
      </p>
    </div>
  );
}

function digits(mean: number): number {
  return Math.min(3, Math.max(2, decimalsFor(mean)));
}

function stateWords({ stale, status, result, value }: LivePoint, isOld: boolean): string {
  if (status === 'cancelled') return 'Cancelled.';
  if (isOld) return stale ? 'Measuring: these numbers belong to the place before.' : 'Measuring on the model';
  const n = value.points[0]?.change.n ?? 0;
  const samples = value.header?.texts.samples.of ?? 'window';
  const ms = result === null ? '' : ` in ${formatNumber(Math.round(result.seconds * 1000))} ms`;
  return `Measured on the model${ms}: means with 95 % intervals, n ${n} ${samples}s.`;
}

function randomWords(near: RandomPoint | null, { unit }: Scene): string {
  if (near === null) return 'random plans not measured';
  const decimals = digits(near.most);
  return `random ${formatFixed(near.least, decimals)} to ${formatFixed(near.most, decimals)} (${near.draws} plans, ${near.units} ${unitWords(unit)})`;
}

function Sizes({ live }: { readonly live: LivePoint }): ReactElement | null {
  const [size] = live.value.header?.sizes ?? [];
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
