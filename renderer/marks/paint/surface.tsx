import type { CSSProperties, PointerEventHandler, ReactElement, ReactNode, Ref } from 'react';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { context2d, drawnPng } from '../exportPicture.ts';
import type { Highlight } from '../highlight.ts';
import type { Picture, Size } from '../picture.ts';
import { canvasPainter } from './canvasPainter.ts';
import type { Painter } from './painter.ts';
import { svgPainter } from './svgPainter.ts';
import { usePixelRatio } from './usePixelRatio.ts';

/** Lies outside the component that gives it, or is kept by useCallback: a new one is drawn anew. */
export type Draw = (painter: Painter) => void;
/** Given what is pointed at. */
export type DrawOver = (painter: Painter, hover: number | null) => void;

export interface SurfaceProps extends Size {
  readonly base: Draw;
  /** On a canvas of its own: selection rings and hover. */
  readonly over: DrawOver;
  readonly pane: string;
  readonly highlight?: Highlight | undefined;
  /** Tells that what the drawings read has changed in place. */
  readonly changes?: ((listener: () => void) => () => void) | undefined;
  readonly children?: ReactNode;
  readonly cursor?: CSSProperties['cursor'];
  readonly onPointerDown?: PointerEventHandler<HTMLDivElement>;
  readonly onPointerMove?: PointerEventHandler<HTMLDivElement>;
  readonly onPointerUp?: PointerEventHandler<HTMLDivElement>;
  readonly onPointerLeave?: PointerEventHandler<HTMLDivElement>;
  /** The page does not scroll where the wheel is used. */
  readonly onWheel?: (event: WheelEvent) => void;
  readonly ref?: Ref<Picture> | undefined;
}

/** Two canvases, one over the other, at the screen's own resolution. A change of hover repaints the upper one only. */
export function Surface(props: SurfaceProps): ReactElement {
  const { width, height, base, over, pane, highlight, changes, children, cursor, ref } = props;
  const lower = useRef<HTMLCanvasElement>(null);
  const upper = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const ratio = usePixelRatio();
  useLayoutEffect(() => {
    const draw = () => repaint(lower.current, { width, height }, ratio, base);
    draw();
    return onNextFrame(changes, draw);
  }, [width, height, ratio, base, changes]);
  useLayoutEffect(() => {
    const draw = () => repaint(upper.current, { width, height }, ratio, (painter) => over(painter, hoverOf(highlight)));
    draw();
    const stops = [onNextFrame(highlight?.subscribe, draw), onNextFrame(changes, draw)];
    return () => stops.forEach((stop) => stop());
  }, [width, height, ratio, over, highlight, changes]);
  useWheel(frame, props.onWheel);
  useImperativeHandle(ref, () => pictureOf({ width, height }, pane, base, over), [width, height, pane, base, over]);
  return (
    <div
      ref={frame}
      className="surface"
      style={{ position: 'relative', width, height, cursor, touchAction: 'none' }}
      onPointerDown={props.onPointerDown}
      onPointerMove={props.onPointerMove}
      onPointerUp={props.onPointerUp}
      onPointerCancel={props.onPointerUp}
      onPointerLeave={props.onPointerLeave}
    >
      <canvas ref={lower} aria-hidden style={layer} />
      <canvas ref={upper} aria-hidden style={layer} />
      {children}
    </div>
  );
}

/** React listens for wheels passively, which cannot hold the page still. */
function useWheel(frame: { readonly current: HTMLElement | null }, onWheel: SurfaceProps['onWheel']): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null || onWheel === undefined) return undefined;
    const listen = (event: WheelEvent) => {
      event.preventDefault();
      onWheel(event);
    };
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, [frame, onWheel]);
}

const layer: CSSProperties = { position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' };

function hoverOf(highlight: Highlight | undefined): number | null {
  return highlight?.get() ?? null;
}

function repaint(canvas: HTMLCanvasElement | null, { width, height }: Size, ratio: number, draw: Draw): void {
  if (canvas === null) return;
  // Setting the size clears the canvas.
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = context2d(canvas);
  context.scale(ratio, ratio);
  draw(canvasPainter(context));
}

/** However often something changes, it is drawn once a frame. */
function onNextFrame(subscribe: Highlight['subscribe'] | undefined, draw: () => void): () => void {
  let frame = 0;
  const stop = subscribe?.(() => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  });
  return () => {
    cancelAnimationFrame(frame);
    stop?.();
  };
}

function pictureOf(size: Size, pane: string, base: Draw, over: DrawOver): Picture {
  const whole: Draw = (painter) => {
    painter.rect({ x: 0, y: 0, ...size }, { fill: pane });
    base(painter);
    over(painter, null);
  };
  return {
    toPng: (scale = 2) => drawnPng(size, scale, (context) => whole(canvasPainter(context))),
    toSvg: () => {
      const painter = svgPainter(size.width, size.height);
      whole(painter);
      return painter.toText();
    },
  };
}
