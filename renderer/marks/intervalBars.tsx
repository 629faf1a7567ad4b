import type { ReactElement, Ref } from 'react';
import { decimalsFor, formatFixed, formatHalfWidth } from './format.ts';
import { textWidth } from './paint/painter.ts';
import type { Picture } from './picture.ts';
import { usePicture } from './usePicture.ts';

export interface IntervalBar {
  readonly name: string;
  /** NaN while unknown. */
  readonly value: number;
  /** Of the 95 % interval; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** Stands beside for comparison, in grey: a random control. */
  readonly control?: boolean;
}

export interface IntervalBarsProps {
  readonly width: number;
  readonly bars: readonly IntervalBar[];
  /** Of all bars together; default from the data, always with 0. */
  readonly domain?: readonly [low: number, high: number];
  readonly signed?: boolean;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const rowHeight = 21;
const valueWidth = 96;

/** A bar from zero for each value, its 95 % interval as a whisker, and both as numbers. */
export function IntervalBars(props: IntervalBarsProps): ReactElement {
  const { width, bars, signed = false, label, ref } = props;
  const svg = usePicture(ref);
  const height = bars.length * rowHeight;
  const left = Math.min(width * 0.35, Math.max(...bars.map(({ name }) => textWidth(name, 11)), 0) + 10);
  const right = width - valueWidth - 8;
  const [low, high] = props.domain ?? domainOf(bars);
  const place = (value: number) => left + ((value - low) / (high - low)) * (right - left);
  const decimals = decimalsFor(Math.max(...bars.map(({ value }) => Math.abs(value) || 0)));
  return (
    <svg ref={svg} role="img" aria-label={label} width={width} height={height} className="mark">
      {bars.map((bar, i) => (
        <g key={bar.name} transform={`translate(0,${i * rowHeight})`}>
          <text y={14.5} fill="var(--ink)" fontSize={11}>
            {bar.name}
          </text>
          <BarAndWhisker bar={bar} place={place} signed={signed} />
          <text x={width} y={14.5} textAnchor="end" fill="var(--ink)" className="mark-code">
            {written(bar, decimals)}
          </text>
        </g>
      ))}
      <line x1={place(0)} x2={place(0)} y1={0} y2={height} stroke="var(--line-strong)" shapeRendering="crispEdges" />
    </svg>
  );
}

interface BarProps {
  readonly bar: IntervalBar;
  readonly place: (value: number) => number;
  readonly signed: boolean;
}

function BarAndWhisker({ bar, place, signed }: BarProps): ReactElement | null {
  const { value, low, high } = bar;
  if (!Number.isFinite(value)) return null;
  const [from, to] = [Math.min(place(0), place(value)), Math.max(place(0), place(value))];
  return (
    <>
      <rect x={from} y={6} width={Math.max(0.5, to - from)} height={10} fill={fillOf(bar, signed)} />
      {low !== null && high !== null && (
        <g stroke="var(--ink)" strokeWidth={1.25}>
          <line x1={place(low)} x2={place(high)} y1={11} y2={11} stroke="var(--pane)" strokeWidth={3} opacity={0.55} />
          <line x1={place(low)} x2={place(high)} y1={11} y2={11} />
          <line x1={place(low)} x2={place(low)} y1={8.5} y2={13.5} />
          <line x1={place(high)} x2={place(high)} y1={8.5} y2={13.5} />
        </g>
      )}
    </>
  );
}

function fillOf({ control, value }: IntervalBar, signed: boolean): string {
  if (control === true) return 'var(--mark-soft)';
  if (!signed) return 'var(--accent)';
  return value < 0 ? 'var(--minus-3)' : 'var(--plus-3)';
}

/** `−2.59 ±0.34`, where the interval is even; its ends otherwise tell no more than the longer half. */
function written({ value, low, high }: IntervalBar, decimals: number): string {
  const text = formatFixed(value, decimals);
  if (low === null || high === null || Number.isNaN(value)) return text;
  return `${text} ${formatHalfWidth(Math.max(value - low, high - value), decimals)}`;
}

function domainOf(bars: readonly IntervalBar[]): readonly [low: number, high: number] {
  const ends = bars.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return low === high ? [0, 1] : [low, high];
}
