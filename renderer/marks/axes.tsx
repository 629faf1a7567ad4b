import { scaleLinear, scaleLog } from 'd3';
import type { ReactElement } from 'react';
import { formatFixed, tickDecimals } from './format.ts';

/** Data to pixels along one direction, with the ticks to draw. */
export interface Axis {
  readonly place: (value: number) => number;
  readonly invert: (pixel: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  readonly domain: readonly [low: number, high: number];
}

/** `count` is how many ticks there may be, about. */
export function makeAxis(
  domain: readonly [number, number],
  range: readonly [number, number],
  { count, log = false }: { readonly count: number; readonly log?: boolean },
): Axis {
  // A logarithm has no place for the zero of an axis that nothing is drawn along yet.
  const ends = log && domain[0] <= 0 ? ([0.1, Math.max(1, domain[1])] as const) : domain;
  const scale = log ? scaleLog(ends, range) : scaleLinear(ends, range);
  const values = scale.ticks(count);
  const step = values.length > 1 ? Math.abs((values[1] ?? 0) - (values[0] ?? 0)) : 1;
  const decimals = tickDecimals(step);
  const shown = log ? logTicks(ends) : values;
  const text = (value: number) => (log ? logText(value) : formatFixed(value, decimals));
  return {
    place: (value) => scale(value),
    invert: (pixel) => Number(scale.invert(pixel)),
    ticks: shown.map((value) => ({ value, text: text(value) })),
    domain: ends,
  };
}

/** Powers of ten; over less than two decades also 2 and 5 times these. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const steps = high / low < 100 ? [1, 2, 5] : [1];
  return powers
    .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
    .filter((tick) => tick >= low && tick <= high);
}

function logText(value: number): string {
  return value < 1e-3 || value >= 1e4
    ? value.toExponential(0).replace('e+', 'e').replace('-', '\u2212')
    : String(Number(value.toPrecision(1)));
}

/** From the least to the greatest finite value, with a share of air at both ends; a single value gets room too. */
export function extentOf(values: Iterable<number>, air = 0): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const room = (high - low) * air || (high === low ? Math.abs(low) * 0.1 || 1 : 0);
  return [low - room, high + room];
}

export interface AxisProps {
  readonly axis: Axis;
  /** The other direction's ends, in pixels. */
  readonly from: number;
  readonly to: number;
  readonly title?: string | undefined;
  readonly grid?: boolean;
}

/** Ticks below the plot, which ends at `to`; the title stands at the right end. */
export function BottomAxis({ axis, from, to, title, grid = false }: AxisProps): ReactElement {
  const right = axis.place(axis.domain[1]);
  return (
    <g fill="var(--ink-3)">
      {axis.ticks.map(({ value, text }) => (
        <g key={value} transform={`translate(${Math.round(axis.place(value)) + 0.5},0)`}>
          <line y1={grid ? from : to} y2={grid ? to : to + 4} stroke="var(--line)" />
          <text y={to + 15} textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
      {title !== undefined && (
        <text x={right} y={to + 29} textAnchor="end" fill="var(--ink-2)">
          {title}
        </text>
      )}
    </g>
  );
}

/** Ticks left of the plot, which begins at `from`. */
export function LeftAxis({ axis, from, to, title, grid = false }: AxisProps): ReactElement {
  return (
    <g fill="var(--ink-3)">
      {axis.ticks.map(({ value, text }) => (
        <g key={value} transform={`translate(0,${Math.round(axis.place(value)) + 0.5})`}>
          <line x1={grid ? from : from - 4} x2={grid ? to : from} stroke="var(--line)" />
          <text x={from - 6} y={3.5} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      {title !== undefined && (
        <text x={from} y={axis.place(axis.domain[1]) - 7} fill="var(--ink-2)">
          {title}
        </text>
      )}
    </g>
  );
}
