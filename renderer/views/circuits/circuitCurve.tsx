/** The chosen method's curve as the run measured it, and the place of the slider as it is measured now. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { FitBox } from '../../marks/fitBox.tsx';
import type { ChartPoint, LineSeries } from '../../marks/lineChart.tsx';
import { LineChart } from '../../marks/lineChart.tsx';
import type { CircuitView } from './circuitRows.ts';
import { useCircuits } from './circuitsSettings.ts';
import type { CurveMeasure, NodeOrder } from './faithfulLines.ts';
import { faithfulLine, randomBand } from './faithfulLines.ts';
import type { MethodLook } from './methodLooks.ts';
import type { CircuitChoice } from './useCircuitChoice.ts';
import type { MeasuredCircuit } from './useCircuitEffect.ts';
import type { ShownCircuit } from './useShownCircuit.ts';

interface CircuitCurveProps {
  readonly shown: ShownCircuit;
  readonly method: MethodLook;
  readonly live: MeasuredCircuit;
  readonly choice: CircuitChoice;
}

export function CircuitCurve({ shown: { view }, method, live, choice }: CircuitCurveProps): ReactElement {
  const order = useCircuits((settings) => settings.order);
  const curve = useCircuits((settings) => settings.curve);
  const series = useMemo(() => curveSeries(view, method, order, curve), [view, method, order, curve]);
  const isKl = curve === 'kl';
  return (
    <div className="circuits-curve">
      <FitBox>
        {(size) => (
          <LineChart
            {...size}
            title={isKl ? 'KL(whole ‖ circuit), nats' : 'f(C)'}
            series={series}
            xTitle="best nodes that stay"
            xDomain={[0, Math.max(1, choice.order.length)]}
            wholeX
            levels={
              isKl
                ? []
                : [
                    { name: 'whole model', value: 1 },
                    { name: 'no node', value: 0 },
                  ]
            }
            marker={choice.k}
            onMarker={(x) => choice.slideTo(Math.round(x))}
            point={pointOf(live, curve)}
            label={`${isKl ? 'KL divergence' : 'Faithfulness'} by how many of the best nodes stay`}
          />
        )}
      </FitBox>
    </div>
  );
}

function pointOf({ value: { point } }: MeasuredCircuit, curve: CurveMeasure): ChartPoint | null {
  const summary = point?.[curve] ?? null;
  if (point === null || summary === null) return null;
  return { x: point.k, y: summary.mean, low: summary.interval[0], high: summary.interval[1] };
}

function curveSeries(
  view: CircuitView,
  { id, title, colour, dash }: MethodLook,
  order: NodeOrder,
  measure: CurveMeasure,
): readonly LineSeries[] {
  const { k, y, low, high } = faithfulLine(view, id, order, measure);
  const random = randomBand(view, measure);
  const own: LineSeries = { x: k, y, low, high, name: title, colour, dash };
  if (random.draws === 0) return [own];
  const band = { x: random.k, y: random.y, low: random.low, high: random.high };
  return [own, { ...band, name: `${random.draws} random, least to most`, control: true }];
}
