import { bin } from 'd3';
import type { PointerEvent, ReactElement, Ref } from 'react';
import { useRef } from 'react';
import type { Axis } from './axes.tsx';
import { BottomAxis, extentOf, LeftAxis, makeAxis } from './axes.tsx';
import type { Picture, Size } from './picture.ts';
import { usePicture } from './usePicture.ts';

export interface HistogramProps extends Size {
  readonly values: ArrayLike<number>;
  readonly title: string;
  /** Default 30. */
  readonly bins?: number;
  readonly domain?: readonly [low: number, high: number];
  /** A line of its own, named: the threshold. */
  readonly line?: { readonly name: string; readonly value: number };
  /** A stretch of the values that is chosen, by dragging where `onRange` is given; a click without dragging chooses all (null). */
  readonly range?: readonly [low: number, high: number] | null;
  readonly onRange?: (range: readonly [low: number, high: number] | null) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const margin = { left: 36, right: 8, top: 20, bottom: 32 };

/** Counts of values in equal bins. Values that are not finite, or outside the domain, are left out. */
export function Histogram(props: HistogramProps): ReactElement {
  const { width, height, values, title, bins = 30, line, range = null, onRange, label, ref } = props;
  const svg = usePicture(ref);
  const known = Array.from(values).filter(Number.isFinite);
  const domain = props.domain ?? extentOf(known);
  const counted = bin()
    .domain([...domain])
    .thresholds(thresholds(domain, bins))(known);
  const most = Math.max(1, ...counted.map(({ length }) => length));
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom];
  const x = makeAxis(domain, [left, right], { count: Math.max(2, Math.floor(width / 60)) });
  const y = makeAxis([0, most], [bottom, top], { count: Math.max(2, Math.floor((bottom - top) / 30)) });
  const dragging = useDragging(x, onRange);
  return (
    <svg ref={svg} role="img" aria-label={label} width={width} height={height} className="mark" {...dragging}>
      <LeftAxis axis={y} from={left} to={right} title="count" grid />
      {range !== null && (
        <rect
          x={x.place(Math.max(domain[0], range[0]))}
          y={top}
          width={Math.max(1, x.place(Math.min(domain[1], range[1])) - x.place(Math.max(domain[0], range[0])))}
          height={Math.max(0, bottom - top)}
          fill="var(--accent-soft)"
        />
      )}
      {counted.map(({ x0 = 0, x1 = 0, length }, i) => (
        <rect
          key={i}
          x={x.place(x0) + 0.5}
          y={y.place(length)}
          width={Math.max(0.5, x.place(x1) - x.place(x0) - 1)}
          height={bottom - y.place(length)}
          fill="var(--mark)"
        />
      ))}
      {line !== undefined && (
        <g fill="var(--accent)">
          <rect x={x.place(line.value) - 0.75} y={top} width={1.5} height={bottom - top} />
          <text
            x={x.place(line.value) + (x.place(line.value) > width / 2 ? -4 : 4)}
            y={top + 8}
            textAnchor={x.place(line.value) > width / 2 ? 'end' : 'start'}
          >
            {line.name}
          </text>
        </g>
      )}
      <BottomAxis axis={x} from={bottom} to={bottom} title={title} />
    </svg>
  );
}

/** From where the button went down to where the pointer is. */
function useDragging(x: Axis, onRange: HistogramProps['onRange']) {
  const from = useRef<number | null>(null);
  if (onRange === undefined) return {};
  const at = (event: PointerEvent) => {
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return Math.min(x.domain[1], Math.max(x.domain[0], x.invert(pixel)));
  };
  const isWide = (a: number, b: number) => Math.abs(x.place(a) - x.place(b)) > 3;
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = at(event);
    },
    onPointerMove: (event: PointerEvent) => {
      const [start, now] = [from.current, at(event)];
      if (start !== null && isWide(start, now)) onRange([Math.min(start, now), Math.max(start, now)]);
    },
    onPointerUp: (event: PointerEvent) => {
      if (from.current !== null && !isWide(from.current, at(event))) onRange(null);
      from.current = null;
    },
  };
}

function thresholds([low, high]: readonly [number, number], bins: number): number[] {
  return Array.from({ length: bins - 1 }, (_, i) => low + ((high - low) * (i + 1)) / bins);
}
