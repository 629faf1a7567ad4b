import type { PointerEvent, ReactElement, Ref } from 'react';
import { useCallback, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { context2d, drawnPng } from '../exportPicture.ts';
import { GridFocus } from '../gridFocus.tsx';
import type { HeadShape } from '../headShape.ts';
import { cellName, cellOf, hasHead, headIndex } from '../headShape.ts';
import type { Highlight } from '../highlight.ts';
import { canvasPainter } from '../paint/canvasPainter.ts';
import type { Painter } from '../paint/painter.ts';
import { Surface } from '../paint/surface.tsx';
import { usePixelRatio } from '../paint/usePixelRatio.ts';
import type { Picture, Size } from '../picture.ts';
import type { Theme } from '../theme.ts';
import { useTheme } from '../theme.ts';
import type { WallGl } from './wallGl.ts';
import { createWallGl } from './wallGl.ts';
import type { WallLayout } from './wallLayout.ts';
import { wallBox, wallHeadAt, wallLayout } from './wallLayout.ts';
import { wallPixels } from './wallPixels.ts';

/** A new object for each change, around the same arrays, which are written in place. Thumbnails of all heads in one array: head `layer * heads + head` at its place, [cells, cells] each, row-major. */
export interface WallAtlas {
  readonly cells: number;
  /** [layers * heads * cells * cells], 255 is the head's largest value. */
  readonly data: Uint8Array;
  /** [layers * heads], 1 where the thumbnail is there. */
  readonly ready: Uint8Array;
  /** Grows with each change. */
  readonly version: number;
}

export interface AttentionWallProps extends Size {
  readonly shape: HeadShape;
  readonly atlas: WallAtlas;
  /** 1 shows values as they are; below 1 lifts the weak ones. Default 0.5. */
  readonly gamma?: number;
  readonly set?: ReadonlySet<number>;
  readonly primary?: number | null;
  readonly pinned?: number | null;
  readonly highlight?: Highlight;
  readonly onHover?: (index: number | null) => void;
  readonly onPrimary?: (index: number) => void;
  readonly onToggle?: (index: number) => void;
  /** Where thumbnails stand in another order than that of layers and heads: whose the one at an index is. */
  readonly nameOf?: (index: number) => string;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const none: ReadonlySet<number> = new Set();

/** Every head's pattern at once, small. */
export function AttentionWall(props: AttentionWallProps): ReactElement {
  const { shape, atlas, gamma = 0.5, width, height, highlight, label, ref } = props;
  const { set = none, primary = null, pinned = null, nameOf } = props;
  const hasAxes = nameOf === undefined;
  const theme = useTheme();
  const layout = useMemo(() => wallLayout(shape, { width, height }), [shape, width, height]);
  const pixels = useWallPixels(layout, atlas, theme, gamma);
  const base = useCallback(
    (painter: Painter) => drawChrome(painter, layout, atlas, theme, hasAxes),
    [layout, atlas, theme, hasAxes],
  );
  const over = useCallback(
    (painter: Painter, hover: number | null) => {
      const ring = (index: number | null, stroke: string, thick: number) => {
        if (index !== null) painter.rect(around(layout, index, thick / 2), { stroke, width: thick }, 1);
      };
      for (const index of set) ring(index, theme.ink, 1.5);
      ring(pinned, theme.ink2, 2);
      ring(primary, theme.accent, 2);
      ring(hover, theme.ink, 1.5);
    },
    [layout, set, pinned, primary, theme],
  );
  useImperativeHandle(
    ref,
    () => ({
      toSvg: () => null,
      toPng: (scale = 2) =>
        drawnPng({ width, height }, scale, (context) => {
          const painter = canvasPainter(context);
          painter.rect({ x: 0, y: 0, width, height }, { fill: theme.pane });
          putPixels(context, layout, atlas, theme, gamma, scale);
          base(painter);
          over(painter, null);
        }),
    }),
    [width, height, theme, layout, atlas, gamma, base, over],
  );
  const under = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return wallHeadAt(layout, event.clientX - box.left, event.clientY - box.top);
  };
  return (
    <div style={{ position: 'relative', width, height }}>
      <canvas ref={pixels} aria-hidden style={{ position: 'absolute', inset: 0, width: '100%', height: '100%' }} />
      <Surface
        {...{ width, height, base, over, highlight }}
        pane={theme.pane}
        onPointerMove={(event) => props.onHover?.(under(event))}
        onPointerLeave={() => props.onHover?.(null)}
        onPointerDown={(event) => {
          const index = under(event);
          if (index !== null) (event.ctrlKey || event.metaKey ? props.onToggle : props.onPrimary)?.(index);
        }}
      >
        <GridFocus
          label={label}
          rows={shape.heads}
          columns={shape.layers}
          start={primary !== null && primary < shape.layers * shape.heads ? primary : 0}
          box={(index) => wallBox(layout, index)}
          place={(index) => [index % shape.heads, Math.floor(index / shape.heads)]}
          describe={(index) =>
            `pattern of ${nameOf?.(index) ?? cellName(shape, index)}${atlas.ready[index] === 1 ? '' : ', not there yet'}`
          }
          isSelected={(index) => set.has(index)}
          move={(from, key) => moveOnWall(shape, from, key)}
          onFocus={props.onHover}
          onEnter={props.onPrimary}
          onSpace={props.onToggle}
        />
      </Surface>
    </div>
  );
}

function around(layout: WallLayout, index: number, by: number) {
  const { x, y, width, height } = wallBox(layout, index);
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

function moveOnWall(shape: HeadShape, from: number, key: string): number | null {
  const cell = cellOf(shape, from);
  const head = cell.kind === 'head' ? cell.head : 0;
  const to: Readonly<Record<string, readonly [layer: number, head: number]>> = {
    ArrowLeft: [cell.layer - 1, head],
    ArrowRight: [cell.layer + 1, head],
    ArrowUp: [cell.layer, head - 1],
    ArrowDown: [cell.layer, head + 1],
    Home: [0, head],
    End: [shape.layers - 1, head],
    PageUp: [Math.max(0, cell.layer - 5), head],
    PageDown: [Math.min(shape.layers - 1, cell.layer + 5), head],
  };
  const next = to[key];
  if (next === undefined) return null;
  return hasHead(shape, ...next) ? headIndex(shape, ...next) : from;
}

/** Without this a lost context never comes back. */
function keepContext(event: Event): void {
  event.preventDefault();
}

/** The canvas of the thumbnails, drawn in WebGL2 where there is any. */
function useWallPixels(layout: WallLayout, atlas: WallAtlas, theme: Theme, gamma: number) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const gl = useRef<WallGl | null>(null);
  const ratio = usePixelRatio();
  const heads = layout.shape.layers * layout.shape.heads;
  const [contexts, setContexts] = useState(0);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const made = createWallGl(element, heads, atlas.cells);
    const restored = () => setContexts((count) => count + 1);
    gl.current = made;
    element.addEventListener('webglcontextlost', keepContext);
    element.addEventListener('webglcontextrestored', restored);
    return () => {
      element.removeEventListener('webglcontextlost', keepContext);
      element.removeEventListener('webglcontextrestored', restored);
      made?.free();
    };
  }, [atlas.data, heads, atlas.cells, contexts]);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.width = Math.round(layout.width * ratio);
    element.height = Math.round(layout.height * ratio);
    if (gl.current === null) putPixels(context2d(element), layout, atlas, theme, gamma, ratio);
    else gl.current.draw(layout, atlas, theme.sequential, gamma, ratio);
  }, [layout, atlas, theme, gamma, ratio, heads, contexts]);
  return canvas;
}

function putPixels(
  context: CanvasRenderingContext2D,
  layout: WallLayout,
  atlas: WallAtlas,
  theme: Theme,
  gamma: number,
  ratio: number,
): void {
  const { width, height, data } = wallPixels(layout, atlas, theme.sequential, gamma, ratio);
  const picture = document.createElement('canvas');
  picture.width = width;
  picture.height = height;
  context2d(picture).putImageData(new ImageData(data, width, height), 0, 0);
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(picture, 0, 0);
  context.restore();
}

/** Labels, and hatching for thumbnails that are not there yet. */
function drawChrome(painter: Painter, layout: WallLayout, { ready }: WallAtlas, theme: Theme, hasAxes: boolean): void {
  const { shape, x, y, pitch, gap } = layout;
  const style = { fill: theme.ink2, size: 10, family: theme.fontText };
  for (let layer = 0; layer < shape.layers; layer++) {
    for (let head = 0; head < shape.heads; head++) {
      const index = headIndex(shape, layer, head);
      if (hasHead(shape, layer, head) && ready[index] !== 1) painter.hatch(wallBox(layout, index), theme.unknown);
    }
  }
  if (!hasAxes) return;
  const [everyLayer, everyHead] = [Math.ceil(26 / pitch), Math.ceil(11 / pitch)];
  for (let layer = 0; layer < shape.layers; layer += everyLayer) {
    const middle = x + (layer + 0.5) * pitch - gap / 2;
    painter.text(`L${layer}`, middle, y + shape.heads * pitch + 8, { ...style, anchor: 'middle' });
  }
  for (let head = 0; head < shape.heads; head += everyHead)
    painter.text(`H${head}`, x - 5, y + (head + 0.5) * pitch - gap / 2, { ...style, anchor: 'end' });
}
