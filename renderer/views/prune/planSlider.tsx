/** How much is gone. Each position is measured while it moves. */
import type { ReactElement } from 'react';
import { formatNumber } from '../../marks/format.ts';
import { Slider } from '../../parts/slider.tsx';
import { useChangePrune } from './pruneSettings.ts';
import { unitWords } from './pruneUnits.ts';
import type { Scene } from './scene.ts';

interface PlanSliderProps {
  readonly scene: Scene;
  readonly position: number;
}

export function PlanSlider({ scene: { unit, order }, position }: PlanSliderProps): ReactElement {
  const change = useChangePrune();
  return (
    <div className="prune-slider">
      <Slider
        label={`${unitWords(unit)} removed`}
        value={position}
        min={0}
        max={order.length}
        onChange={(next) => change({ position: next })}
        onCommit={(next) => change({ position: next, rested: next })}
        format={(value) => `${formatNumber(value)} of ${formatNumber(order.length)} ${unitWords(unit)} removed`}
      />
    </div>
  );
}
