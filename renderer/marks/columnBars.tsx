import type { PointerEvent, ReactElement, Ref } from 'react';
import { useRef } from 'react';
import type { Axis } from './axes.tsx';
import { extentOf, LeftAxis, makeAxis } from './axes.tsx';
import type { IntervalBar } from './intervalBars.tsx';
import { hatchLines, textWidth } from './paint/painter.ts';
import type { Picture, Size } from './picture.ts';
import { usePicture } from './usePicture.ts';

export interface ColumnBarsProps extends Size {
  /** From left to right. Unknown values are hatched. */
  readonly bars: readonly IntervalBar[];
  /** Of the values: `Δ logit difference`. */
  readonly title: string;
  readonly signed?: boolean;
  readonly onHover?: (index: number | null) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const top = 28;
const bottomRoom = 20;
const widest = 64;

/** A bar for each of many in a row, such as the layers of a model, with its 95 % interval. */
export function ColumnBars(props: ColumnBarsProps): ReactElement {
  const { width, height, bars, title, signed = false, label, ref } = props;
  const svg = usePicture(ref);
  const frame = useRef<SVGRectElement>(null);
  const bottom = height - bottomRoom;
  const ends = bars.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const axis = makeAxis(extentOf([0, ...ends], 0.04), [bottom, top], {
    count: Math.max(2, Math.floor((bottom - top) / 36)),
  });
  const left = Math.max(...axis.ticks.map(({ text }) => textWidth(text, 10)), 12) + 12;
  const pitch = Math.min(widest, (width - left - 8) / Math.max(1, bars.length));
  const step = Math.max(1, Math.ceil((Math.max(...bars.map(({ name }) => textWidth(name, 10)), 0) + 6) / pitch));
  const end = left + pitch * bars.length;
  const point = (event: PointerEvent) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const index = Math.floor((x - left) / pitch);
    const isIn = index >= 0 && index < bars.length;
    frame.current?.setAttribute('visibility', isIn ? 'visible' : 'hidden');
    frame.current?.setAttribute('x', String(left + index * pitch));
    props.onHover?.(isIn ? index : null);
  };
  const leave = () => {
    frame.current?.setAttribute('visibility', 'hidden');
    props.onHover?.(null);
  };
  return (
    <svg
      ref={svg}
      role="img"
      aria-label={label}
      width={width}
      height={height}
      className="mark"
      onPointerMove={point}
      onPointerLeave={leave}
    >
      <text y={11} fill="var(--ink)" className="mark-title">
        {title}
      </text>
      <LeftAxis axis={axis} from={left} to={end} grid />
      <rect ref={frame} y={top} width={pitch} height={bottom - top} fill="var(--accent-soft)" visibility="hidden" />
      {bars.map((bar, i) => (
        <g key={bar.name} transform={`translate(${left + i * pitch},0)`}>
          <ColumnBar bar={bar} pitch={pitch} axis={axis} bottom={bottom} signed={signed} />
          {i % step === 0 && (
            <text x={pitch / 2} y={bottom + 14} textAnchor="middle" fill="var(--ink-2)">
              {bar.name}
            </text>
          )}
        </g>
      ))}
      <line
        x1={left}
        x2={end}
        y1={axis.place(0)}
        y2={axis.place(0)}
        stroke="var(--line-strong)"
        shapeRendering="crispEdges"
      />
    </svg>
  );
}

interface ColumnBarProps {
  readonly bar: IntervalBar;
  readonly pitch: number;
  readonly axis: Axis;
  readonly bottom: number;
  readonly signed: boolean;
}

function ColumnBar({ bar: { value, low, high }, pitch, axis, bottom, signed }: ColumnBarProps): ReactElement {
  const width = Math.max(1, pitch * 0.64);
  const x = (pitch - width) / 2;
  if (!Number.isFinite(value)) return <Unknown x={x} width={width} bottom={bottom} />;
  const [from, to] = [Math.min(axis.place(0), axis.place(value)), Math.max(axis.place(0), axis.place(value))];
  const fill = signed ? (value < 0 ? 'var(--minus-3)' : 'var(--plus-3)') : 'var(--accent)';
  return (
    <>
      <rect x={x} y={from} width={width} height={Math.max(0.5, to - from)} fill={fill} />
      {low !== null && high !== null && (
        <Whisker x={pitch / 2} half={Math.min(3, width / 3)} from={axis.place(high)} to={axis.place(low)} />
      )}
    </>
  );
}

interface WhiskerProps {
  readonly x: number;
  readonly half: number;
  readonly from: number;
  readonly to: number;
}

function Whisker({ x, half, from, to }: WhiskerProps): ReactElement {
  return (
    <g stroke="var(--ink)" strokeWidth={1.25}>
      <line x1={x} x2={x} y1={from} y2={to} stroke="var(--pane)" strokeWidth={3} opacity={0.55} />
      <line x1={x} x2={x} y1={from} y2={to} />
      <line x1={x - half} x2={x + half} y1={from} y2={from} />
      <line x1={x - half} x2={x + half} y1={to} y2={to} />
    </g>
  );
}

function Unknown({
  x,
  width,
  bottom,
}: {
  readonly x: number;
  readonly width: number;
  readonly bottom: number;
}): ReactElement {
  const lines = hatchLines({ x, y: top, width, height: bottom - top });
  const d = lines.map(([[x1, y1], [x2, y2]]) => `M${x1},${y1}L${x2},${y2}`).join('');
  return <path d={d} stroke="var(--unknown-line)" />;
}
