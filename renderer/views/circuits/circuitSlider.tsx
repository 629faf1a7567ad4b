/** How many of the best nodes stay. Each place is measured while it moves. */
import type { ReactElement } from 'react';
import { formatNumber } from '../../marks/format.ts';
import { Slider } from '../../parts/slider.tsx';
import type { CircuitChoice } from './useCircuitChoice.ts';

export function CircuitSlider({ choice: { k, order, slideTo } }: { readonly choice: CircuitChoice }): ReactElement {
  return (
    <div className="circuits-slider">
      <Slider
        label="Best nodes that stay"
        value={k}
        min={0}
        max={order.length}
        onChange={slideTo}
        format={(value) => `${formatNumber(value)} of ${formatNumber(order.length)} nodes`}
      />
    </div>
  );
}
