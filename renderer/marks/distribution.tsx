import type { ReactElement, Ref } from 'react';
import { BottomAxis, extentOf, makeAxis } from './axes.tsx';
import { beeswarm } from './beeswarm.ts';
import { decimalsFor, formatFixed } from './format.ts';
import { textWidth } from './paint/painter.ts';
import type { Picture, Size } from './picture.ts';
import { usePicture } from './usePicture.ts';

export interface DistributionLine {
  readonly name: string;
  readonly value: number;
  /** `accent` for what the user chose, `ink` for what it is held against. */
  readonly tone: 'accent' | 'ink';
}

export interface DistributionProps extends Size {
  /** One dot each: a random set. */
  readonly values: readonly number[];
  readonly lines: readonly DistributionLine[];
  /** With its unit. */
  readonly title?: string;
  readonly domain?: readonly [low: number, high: number];
  readonly onHover?: (index: number | null) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const radius = 2.5;

/** Dots of a random control along a line, and the values that are held against them. */
export function Distribution(props: DistributionProps): ReactElement {
  const { width, height, values, lines, title, label, onHover, ref } = props;
  const svg = usePicture(ref);
  const domain = props.domain ?? extentOf([...values, ...lines.map(({ value }) => value)], 0.06);
  const axis = makeAxis(domain, [6, width - 6], { count: Math.max(2, Math.floor(width / 50)) });
  const bottom = height - (title === undefined ? 18 : 32);
  const middle = (14 + bottom) / 2 + 2;
  const x = values.map(axis.place);
  const y = squeezed(beeswarm(x, radius + 0.25), bottom - middle - radius - 2);
  return (
    <svg ref={svg} role="img" aria-label={label} width={width} height={height} className="mark">
      <line x1={6} x2={width - 6} y1={middle} y2={middle} stroke="var(--line-strong)" />
      {x.map((at, i) => (
        <circle
          key={i}
          cx={at}
          cy={middle + (y[i] ?? 0)}
          r={radius}
          fill="var(--mark)"
          opacity={0.75}
          onPointerEnter={() => onHover?.(i)}
          onPointerLeave={() => onHover?.(null)}
        />
      ))}
      {placeLabels(lines, axis.place, width).map(({ line, at, text, anchor, textX }) => (
        <g key={line.name} fill={line.tone === 'accent' ? 'var(--accent)' : 'var(--ink)'}>
          <rect x={at - 1} y={17} width={2} height={bottom - 17} />
          <text x={textX} y={11} textAnchor={anchor}>
            {text}
          </text>
        </g>
      ))}
      <BottomAxis axis={axis} from={bottom} to={bottom} title={title} />
    </svg>
  );
}

/** A swarm that would leave the picture is pressed together. */
function squeezed(y: readonly number[], room: number): readonly number[] {
  const most = Math.max(...y.map(Math.abs), 0);
  return most <= room ? y : y.map((value) => (value * room) / most);
}

interface PlacedLabel {
  readonly line: DistributionLine;
  readonly at: number;
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly textX: number;
}

/** Names above their lines; where two would touch, the left one ends at its line and the right one begins at its own. */
function placeLabels(
  lines: readonly DistributionLine[],
  place: (value: number) => number,
  width: number,
): readonly PlacedLabel[] {
  const sorted = [...lines].sort((a, b) => a.value - b.value);
  const decimals = Math.min(3, Math.max(0, ...lines.map(({ value }) => decimalsFor(value))));
  const labels = sorted.map((line) => {
    const text = `${line.name} ${formatFixed(line.value, decimals)}`;
    return { line, at: place(line.value), text, half: textWidth(text, 10) / 2 + 2 };
  });
  return labels.map(({ half, ...label }, i): PlacedLabel => {
    const [before, after] = [labels[i - 1], labels[i + 1]];
    const touchesLeft = before !== undefined && label.at - half < before.at + before.half;
    const touchesRight = after !== undefined && label.at + half > after.at - after.half;
    if (label.at < half || (touchesLeft && !touchesRight)) return { ...label, anchor: 'start', textX: label.at };
    if (label.at > width - half || touchesRight) return { ...label, anchor: 'end', textX: label.at };
    return { ...label, anchor: 'middle', textX: label.at };
  });
}
