import type { PointerEvent, ReactElement, Ref } from 'react';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Highlight } from '../highlight.ts';
import { formatNumber } from '../format.ts';
import { GridFocus } from '../gridFocus.tsx';
import type { Box, Painter } from '../paint/painter.ts';
import { Surface } from '../paint/surface.tsx';
import type { Picture, Size } from '../picture.ts';
import { useTheme } from '../theme.ts';
import type { ScatterColour } from './drawScatter.ts';
import { drawScatter, drawScatterSelection } from './drawScatter.ts';
import type { ScatterLayout } from './scatterLayout.ts';
import { pointAt, pointsIn, scatterLayout } from './scatterLayout.ts';

export interface ScatterAxis {
  /** With its unit: `AtP estimate, Δ logit difference`. */
  readonly title: string;
  /** [points]; NaN leaves the point out. */
  readonly values: Float32Array;
}

export interface ScatterProps extends Size {
  readonly x: ScatterAxis;
  readonly y: ScatterAxis;
  /** Name of a point, for labels and speech. */
  readonly name: (index: number) => string;
  /** Both axes get one range and the line y = x. */
  readonly diagonal?: boolean;
  /** Points are coloured by it; all alike where omitted. */
  readonly colour?: ScatterColour | null;
  /** How many of the points that lie far from the rest are named. Default 8. */
  readonly outliers?: number;
  readonly set?: ReadonlySet<number>;
  readonly primary?: number | null;
  readonly pinned?: number | null;
  readonly highlight?: Highlight;
  readonly onHover?: (index: number | null) => void;
  readonly onPrimary?: (index: number) => void;
  readonly onToggle?: (index: number) => void;
  /** A dragged rectangle: the points in it. */
  readonly onLasso?: (indices: readonly number[]) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const none: ReadonlySet<number> = new Set();

/** Two measures of the same things against each other. */
export function Scatter(props: ScatterProps): ReactElement {
  const { x, y, name, diagonal = false, width, height, highlight, ref } = props;
  const { outliers = 8, set = none, primary = null, pinned = null, colour = null } = props;
  const theme = useTheme();
  const layout = useMemo(
    () => scatterLayout(x.values, y.values, { width, height }, diagonal),
    [x.values, y.values, width, height, diagonal],
  );
  const words = useMemo(() => ({ xTitle: x.title, yTitle: y.title, name }), [x.title, y.title, name]);
  const base = useCallback(
    (painter: Painter) => drawScatter(painter, layout, words, diagonal, theme, colour),
    [layout, words, diagonal, theme, colour],
  );
  const { lasso, ...pointer } = useScatterPointer(props, layout);
  const over = useCallback(
    (painter: Painter, hover: number | null) =>
      drawScatterSelection(
        painter,
        layout,
        words,
        { set, primary, pinned, outliers, diagonal, lasso, colour },
        hover,
        theme,
      ),
    [layout, words, set, primary, pinned, outliers, diagonal, lasso, colour, theme],
  );
  const order = useMemo(() => leftToRight(layout), [layout]);
  return (
    <Surface {...{ width, height, base, over, highlight, ref }} pane={theme.pane} {...pointer}>
      {order.length > 0 && (
        <GridFocus
          label={props.label}
          rows={1}
          columns={order.length}
          start={primary ?? order[0] ?? 0}
          box={(index) => boxAround(layout, index)}
          place={(index) => [0, order.indexOf(index)]}
          describe={(index) =>
            `${name(index)}, ${x.title} ${formatNumber(x.values[index] ?? NaN)}, ${y.title} ${formatNumber(y.values[index] ?? NaN)}`
          }
          isSelected={(index) => set.has(index)}
          move={(from, key) => neighbour(order, from, key)}
          onFocus={props.onHover}
          onEnter={props.onPrimary}
          onSpace={props.onToggle}
        />
      )}
    </Surface>
  );
}

function leftToRight({ points }: ScatterLayout): readonly number[] {
  const known = Array.from(points.keys()).filter((i) => points[i] !== null);
  return known.sort((a, b) => (points[a]?.[0] ?? 0) - (points[b]?.[0] ?? 0));
}

function boxAround({ points }: ScatterLayout, index: number): Box {
  const [x, y] = points[index] ?? [0, 0];
  return { x: x - 6, y: y - 6, width: 12, height: 12 };
}

function neighbour(order: readonly number[], from: number, key: string): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
  if (key === 'Home') return order[0] ?? null;
  if (key === 'End') return order.at(-1) ?? null;
  const step = steps[key];
  return step === undefined ? null : (order[order.indexOf(from) + step] ?? from);
}

/** A click chooses the nearest point, a drag all points in a rectangle. Only the rectangle is state: it is drawn. */
function useScatterPointer(props: ScatterProps, layout: ScatterLayout) {
  const [lasso, setLasso] = useState<Box | null>(null);
  const start = useRef<readonly [number, number] | null>(null);
  const place = (event: PointerEvent): readonly [number, number] => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  return {
    lasso,
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = place(event);
    },
    onPointerMove: (event: PointerEvent) => {
      const [x, y] = place(event);
      if (start.current === null || props.onLasso === undefined) props.onHover?.(pointAt(layout, x, y));
      else setLasso(boxBetween(start.current, [x, y]));
    },
    onPointerUp: (event: PointerEvent) => {
      const from = start.current;
      start.current = null;
      setLasso(null);
      if (from === null) return;
      const box = boxBetween(from, place(event));
      if (props.onLasso !== undefined && Math.max(box.width, box.height) > 4) props.onLasso(pointsIn(layout, box));
      else choose(props, pointAt(layout, ...from), event.ctrlKey || event.metaKey);
    },
    onPointerLeave: () => props.onHover?.(null),
  };
}

function choose({ onPrimary, onToggle }: ScatterProps, index: number | null, toggle: boolean): void {
  if (index === null) return;
  if (toggle) onToggle?.(index);
  else onPrimary?.(index);
}

function boxBetween([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): Box {
  return { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
}
