/** A number between two ends, with the number beside it. */
import { Slider as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { formatNumber } from '../marks/format.ts';
import './slider.css';

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** While it moves. */
  readonly onChange: (value: number) => void;
  /** When it is let go. */
  readonly onCommit?: (value: number) => void;
  readonly format?: (value: number) => string;
  readonly disabled?: boolean;
}

export function Slider(props: SliderProps): ReactElement {
  const { label, value, min, max, step = 1, onChange, onCommit, format = formatNumber, disabled = false } = props;
  return (
    <div className="slider-row">
      <Radix.Root
        className="slider"
        value={[value]}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
        onValueChange={([next]) => next !== undefined && onChange(next)}
        onValueCommit={([next]) => next !== undefined && onCommit?.(next)}
      >
        <Radix.Track className="slider-track">
          <Radix.Range className="slider-range" />
        </Radix.Track>
        <Radix.Thumb className="slider-thumb" aria-label={label} aria-valuetext={format(value)} />
      </Radix.Root>
      <output className="slider-value">{format(value)}</output>
    </div>
  );
}
