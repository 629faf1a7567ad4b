import type { PointerEvent } from 'react';
import { useRef } from 'react';
import type { Point } from '../paint/painter.ts';
import type { HeadMatrixProps } from './headMatrix.tsx';
import type { MatrixLayout } from './matrixLayout.ts';
import { cellAt, cellsOnWay } from './matrixLayout.ts';

type Callbacks = Pick<
  HeadMatrixProps,
  'primary' | 'paints' | 'onHover' | 'onPaint' | 'onPrimary' | 'onToggle' | 'onExtend'
>;

interface Drag {
  readonly first: number;
  last: number;
  /** Of the pointer. */
  at: Point;
  moved: boolean;
}

export interface MatrixPointer {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: (event: PointerEvent) => void;
  readonly onPointerLeave: () => void;
}

/** A press and release on one cell is a click; a way over several paints them, as does a press alone where it `paints`. Nothing here renders. */
export function useMatrixPointer(callbacks: Callbacks, layout: MatrixLayout): MatrixPointer {
  const drag = useRef<Drag | null>(null);
  const hovered = useRef<number | null>(null);
  const hover = (index: number | null) => {
    if (index === hovered.current) return;
    hovered.current = index;
    callbacks.onHover?.(index);
  };
  return {
    onPointerDown: (event) => {
      const at = placeOf(event);
      const index = event.button === 0 ? cellAt(layout, ...at) : null;
      if (index === null) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const paintsAtOnce = callbacks.paints === true && !event.shiftKey && !event.ctrlKey && !event.metaKey;
      drag.current = { first: index, last: index, at, moved: paintsAtOnce };
      if (paintsAtOnce) callbacks.onPaint?.(index, 'start');
    },
    onPointerMove: (event) => {
      const at = placeOf(event);
      hover(cellAt(layout, ...at));
      if (drag.current === null) return;
      for (const index of cellsOnWay(layout, drag.current.at, at)) paint(callbacks, drag.current, index);
      drag.current.at = at;
    },
    onPointerUp: (event) => {
      if (drag.current?.moved === true) callbacks.onPaint?.(drag.current.last, 'end');
      else if (drag.current !== null) click(callbacks, drag.current.first, event);
      drag.current = null;
    },
    onPointerLeave: () => hover(null),
  };
}

function placeOf(event: PointerEvent): Point {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

function paint({ onPaint }: Callbacks, drag: Drag, index: number): void {
  if (index === drag.last) return;
  if (!drag.moved) onPaint?.(drag.first, 'start');
  drag.moved = true;
  drag.last = index;
  onPaint?.(index, 'enter');
}

function click({ primary, onPrimary, onToggle, onExtend }: Callbacks, index: number, event: PointerEvent): void {
  if (event.shiftKey && primary !== null && primary !== undefined) onExtend?.(primary, index);
  else if (event.ctrlKey || event.metaKey) onToggle?.(index);
  else onPrimary?.(index);
}
