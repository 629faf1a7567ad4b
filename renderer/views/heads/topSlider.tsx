/** How many of the strongest heads stay bright. */
import type { ReactElement } from 'react';
import { Slider } from '../../parts/slider.tsx';
import { useChangeSettings, useHeadsSettings } from './headsSettings.ts';
import { countAt, SLIDER_STEPS, stepOf } from './topHeads.ts';

export function TopSlider({ total }: { readonly total: number }): ReactElement {
  const top = useHeadsSettings((settings) => settings.top);
  const change = useChangeSettings();
  const choose = (step: number) => {
    const count = countAt(step, total);
    change({ top: count >= total ? null : count });
  };
  return (
    <div className="heads-top">
      <Slider
        label="Strongest heads that stay bright"
        value={stepOf(top ?? total, total)}
        min={0}
        max={SLIDER_STEPS}
        onChange={choose}
        format={(step) => (step >= SLIDER_STEPS ? 'all heads' : `top ${countAt(step, total)}`)}
      />
    </div>
  );
}
