/** Loss, divergence and the task's metric against how much is gone; random plans as a grey band. */
import type { ReactElement } from 'react';
import { measures } from '../../../engine/terms/measures.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import type { LineSeries } from '../../marks/lineChart.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import { sentence } from '../ablate/sentence.ts';
import type { CurveMeasure, CurveView, ShownPoint } from './curveFold.ts';
import { planLine, randomBand, randomPoints } from './curveFold.ts';
import { useChangePrune } from './pruneSettings.ts';
import { unitWords } from './pruneUnits.ts';
import type { Scene } from './scene.ts';
import type { LivePoint } from './useLivePoint.ts';

interface PlanCurvesProps {
  readonly curve: CurveView;
  readonly kept: readonly ShownPoint[];
  readonly live: LivePoint;
  readonly scene: Scene;
  readonly position: number;
}

export function PlanCurves({ curve, kept, live, scene, position }: PlanCurvesProps): ReactElement {
  // A plan measures no task: what its curve begins with is then known from the slider alone.
  const hasMetric = curve.full !== null && curve.full.metric !== null;
  const full = hasMetric ? curve.full : (live.value.full ?? curve.full);
  const task = (curve.header ?? live.value.header)?.task ?? null;
  const view = { ...curve, full };
  const common = { view, kept, scene, position };
  return (
    <div className="prune-curves">
      <Curve {...common} measure="change" title="Δ loss, nats a token" />
      <Curve {...common} measure="kl" title="KL from the full model, nats" />
      {task !== null && (
        <Curve {...common} measure="metric" title={`${sentence(measures[task.metricId].title)}, n ${task.n}`} />
      )}
    </div>
  );
}

interface CurveProps {
  readonly view: CurveView;
  readonly kept: readonly ShownPoint[];
  readonly scene: Scene;
  readonly position: number;
  readonly measure: CurveMeasure;
  readonly title: string;
}

function Curve({ view, kept, scene, position, measure, title }: CurveProps): ReactElement {
  const change = useChangePrune();
  const { unit, order } = scene;
  return (
    <div className="prune-curve">
      <FitBox>
        {(size) => (
          <LineChart
            {...size}
            title={title}
            series={seriesOf(view, kept, measure)}
            xTitle={`${unitWords(unit)} removed`}
            xDomain={[0, order.length]}
            wholeX
            marker={position}
            onMarker={(x) => change({ position: Math.round(x), rested: Math.round(x) })}
            label={`${title} against ${unitWords(unit)} removed`}
          />
        )}
      </FitBox>
    </div>
  );
}

function seriesOf(view: CurveView, kept: readonly ShownPoint[], measure: CurveMeasure): readonly LineSeries[] {
  const random = randomBand(randomPoints(view, measure), measure);
  const plan: LineSeries = { name: 'plan', ...planLine(view, kept, measure) };
  if (random.length === 0) return [plan];
  const control: LineSeries = {
    name: `${Math.max(...random.map(({ draws }) => draws))} random`,
    x: random.map(({ units }) => units),
    y: random.map(({ mean }) => mean),
    low: random.map(({ least }) => least),
    high: random.map(({ most }) => most),
    control: true,
  };
  return [plan, control];
}
