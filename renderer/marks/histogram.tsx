import { bin } from 'd3';
import type { ReactElement, Ref } from 'react';
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
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const margin = { left: 36, right: 8, top: 20, bottom: 32 };

/** Counts of values in equal bins. Values that are not finite, or outside the domain, are left out. */
export function Histogram(props: HistogramProps): ReactElement {
  const { width, height, values, title, bins = 30, line, label, ref } = props;
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
  return (
    <svg ref={svg} role="img" aria-label={label} width={width} height={height} className="mark">
      <LeftAxis axis={y} from={left} to={right} title="count" grid />
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

function thresholds([low, high]: readonly [number, number], bins: number): number[] {
  return Array.from({ length: bins - 1 }, (_, i) => low + ((high - low) * (i + 1)) / bins);
}
