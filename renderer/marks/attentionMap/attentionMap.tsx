import type { PointerEvent, ReactElement, Ref } from 'react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { ColourScale } from '../colour.ts';
import { tableOf } from '../colour.ts';
import { formatNumber } from '../format.ts';
import { GridFocus } from '../gridFocus.tsx';
import type { Highlight } from '../highlight.ts';
import type { Box, Painter } from '../paint/painter.ts';
import { Surface } from '../paint/surface.tsx';
import { usePixelRatio } from '../paint/usePixelRatio.ts';
import type { Picture, Size } from '../picture.ts';
import { useTheme } from '../theme.ts';
import { tokenLabel } from '../tokens/displayToken.ts';
import type { Token } from '../tokens/token.ts';
import { drawMap, drawMapOverlay, mapPlot, minimapBox, minimapSize } from './drawMap.ts';
import type { Camera } from './camera.ts';
import { createCamera } from './camera.ts';
import type { MapView } from './mapView.ts';
import { clampView, fitView, mapCellAt, panView, revealRow, zoomView } from './mapView.ts';
import { createTileCache } from './tileCache.ts';

/** Cells [from, to) on both axes at 2^level tokens a cell. */
export interface MapWindow {
  readonly level: number;
  /** In tokens, a multiple of the cells' size. */
  readonly queries: readonly [from: number, to: number];
  readonly keys: readonly [from: number, to: number];
}

/** Where a map's values come from. `read` answers at once, from what is held; null is pending, and `subscribe` tells of news. */
export interface MapSource {
  /**
   * [rows, columns] of cells, row-major, each cell the largest (or mean) value in it; NaN is unknown. Where `isWanted` is
   * false the window is read instead of a finer one: what is not held need not be fetched.
   */
  readonly read: (window: MapWindow, isWanted?: boolean) => Float32Array | null;
  /** False while more of a window that is read comes: it is read again. Default: always true. */
  readonly isWhole?: (window: MapWindow) => boolean;
  readonly subscribe: (listener: () => void) => () => void;
}

export interface AttentionMapProps extends Size {
  readonly tokens: readonly Token[];
  readonly source: MapSource;
  /** Sequential for a pattern, signed for a difference. */
  readonly scale: ColourScale;
  /** What a value is, for the legend and the spoken summary: `pattern`. */
  readonly measure: string;
  /** Logarithmic colours over four decades below the top of a sequential scale. */
  readonly log?: boolean;
  /** Values nearer to zero are not drawn. */
  readonly threshold?: number;
  /** The first key is not drawn: the sink hides the rest. */
  readonly skipFirst?: boolean;
  /** Index of the query whose row is boxed. */
  readonly row?: number | null;
  /** Cell `query * tokens + key` that is pointed at. */
  readonly highlight?: Highlight;
  readonly onHover?: (cell: number | null) => void;
  readonly onRow?: (query: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

/** One head's map: queries down, keys to the right. */
export function AttentionMap(props: AttentionMapProps): ReactElement {
  const { tokens, source, scale, width, height, highlight, row = null, label, ref } = props;
  const { log = false, threshold = 0, skipFirst = false } = props;
  const theme = useTheme();
  const ratio = usePixelRatio();
  const plot = useMemo(() => mapPlot({ width, height }), [width, height]);
  const cache = useMemo(
    () => createTileCache(source, tokens.length, { scale, table: tableOf(scale, theme), log, threshold, skipFirst }),
    [source, tokens.length, scale, theme, log, threshold, skipFirst],
  );
  const camera = useMemo(() => createCamera(tokens.length), [tokens.length]);
  const changes = useCallback(
    (listener: () => void) => {
      const stops = [camera.subscribe(listener), source.subscribe(listener)];
      return () => stops.forEach((stop) => stop());
    },
    [camera, source],
  );
  const scene = useCallback(
    () => ({ tokens, cache, plot, theme, ratio, row, view: camera.get(plot) }),
    [tokens, cache, plot, theme, ratio, row, camera],
  );
  const base = useCallback((painter: Painter) => drawMap(painter, scene()), [scene]);
  const over = useCallback(
    (painter: Painter, hover: number | null) => drawMapOverlay(painter, scene(), hover),
    [scene],
  );
  const pointer = useMapPointer(props, camera, plot);
  useEffect(() => {
    if (row !== null) camera.set(revealRow(camera.get(plot), row, tokens.length, plot));
  }, [row, camera, tokens.length, plot]);
  return (
    <Surface
      {...{ width, height, base, over, highlight, ref }}
      pane={theme.pane}
      changes={changes}
      cursor="crosshair"
      {...pointer}
    >
      <GridFocus
        label={label}
        rows={tokens.length}
        columns={tokens.length}
        start={(row ?? 0) * tokens.length}
        box={(cell) => cellBox(camera.get(plot), plot, cell, tokens.length)}
        place={(cell) => [Math.floor(cell / tokens.length), cell % tokens.length]}
        changes={source.subscribe}
        describe={(cell) => describe(props, cell)}
        isSelected={(cell) => Math.floor(cell / tokens.length) === row}
        move={(from, key) => moveOnMap(from, key, tokens.length)}
        onFocus={(cell) => {
          if (cell !== null)
            camera.set(revealRow(camera.get(plot), Math.floor(cell / tokens.length), tokens.length, plot));
          props.onHover?.(cell);
        }}
        onEnter={(cell) => props.onRow?.(Math.floor(cell / tokens.length))}
        onKey={({ key }) => zoomByKey(camera, key, tokens.length, plot)}
      />
    </Surface>
  );
}

function zoomByKey(camera: Camera, key: string, tokens: number, plot: Box): boolean {
  const factor = key === '+' || key === '=' ? 1.5 : key === '-' ? 1 / 1.5 : null;
  if (factor !== null) {
    const middle = [plot.x + plot.width / 2, plot.y + plot.height / 2] as const;
    camera.set(zoomView(camera.get(plot), factor, middle, tokens, plot));
  } else if (key === '0') camera.set(fitView(tokens, plot));
  else return false;
  return true;
}

function cellBox({ key, query, scale }: MapView, plot: Box, cell: number, tokens: number): Box {
  const [row, column] = [Math.floor(cell / tokens), cell % tokens];
  const side = Math.max(4, scale);
  return { x: plot.x + (column - key) * scale, y: plot.y + (row - query) * scale, width: side, height: side };
}

function describe({ tokens, source, measure }: AttentionMapProps, cell: number): string {
  const [query, key] = [Math.floor(cell / tokens.length), cell % tokens.length];
  const value = source.read({ level: 0, queries: [query, query + 1], keys: [key, key + 1] })?.[0];
  const name = (index: number) => `${tokenLabel(tokens[index] ?? { text: '' })} (${index})`;
  return `query ${name(query)}, key ${name(key)}, ${measure} ${value === undefined ? 'not yet known' : formatNumber(value)}`;
}

function moveOnMap(from: number, key: string, tokens: number): number | null {
  const [query, column] = [Math.floor(from / tokens), from % tokens];
  const to: Readonly<Record<string, readonly [query: number, key: number]>> = {
    ArrowLeft: [query, column - 1],
    ArrowRight: [query, column + 1],
    ArrowUp: [query - 1, column],
    ArrowDown: [query + 1, column],
    Home: [query, 0],
    End: [query, query],
    PageUp: [query - 10, column],
    PageDown: [query + 10, column],
  };
  const next = to[key];
  if (next === undefined) return null;
  const row = Math.min(tokens - 1, Math.max(0, next[0]));
  return row * tokens + Math.min(row, Math.max(0, next[1]));
}

/** A drag pans, a click chooses the row, the wheel zooms, a press on the minimap goes there. */
function useMapPointer(props: AttentionMapProps, camera: Camera, plot: Box) {
  const tokens = props.tokens.length;
  const drag = useRef<{ x: number; y: number; moved: boolean; mini: boolean } | null>(null);
  const place = (event: PointerEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top] as const;
  };
  const under = (event: PointerEvent) => mapCellAt(camera.get(plot), ...place(event), tokens, plot);
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      const [x, y] = place(event);
      const mini = goByMinimap(camera, plot, tokens, x, y);
      drag.current = { x, y, moved: mini, mini };
    },
    onPointerMove: (event: PointerEvent) => {
      const [x, y] = place(event);
      const held = drag.current;
      if (held === null) return props.onHover?.(under(event));
      if (held.mini) goByMinimap(camera, plot, tokens, x, y);
      else if (held.moved || Math.hypot(x - held.x, y - held.y) > 3) {
        camera.set(panView(camera.get(plot), x - held.x, y - held.y, tokens, plot));
        drag.current = { x, y, moved: true, mini: false };
      }
      return undefined;
    },
    onPointerUp: (event: PointerEvent) => {
      const cell = under(event);
      if (drag.current?.moved === false && cell !== null) props.onRow?.(Math.floor(cell / tokens));
      drag.current = null;
    },
    onPointerLeave: () => props.onHover?.(null),
    onWheel: (event: WheelEvent) => {
      if (!(event.currentTarget instanceof Element)) return;
      const { left, top } = event.currentTarget.getBoundingClientRect();
      const at = [event.clientX - left, event.clientY - top] as const;
      camera.set(zoomView(camera.get(plot), 2 ** (-event.deltaY / 240), at, tokens, plot));
    },
  };
}

/** Is the minimap there and hit? Then its place comes to the middle of the view. */
function goByMinimap(camera: Camera, plot: Box, tokens: number, x: number, y: number): boolean {
  const view = camera.get(plot);
  const box = minimapBox(plot);
  const isShown = view.scale * tokens > Math.min(plot.width, plot.height) * 1.02;
  const hit = x >= box.x && x <= box.x + minimapSize && y >= box.y && y <= box.y + minimapSize;
  if (!isShown || !hit) return false;
  const key = ((x - box.x) / minimapSize) * tokens - plot.width / view.scale / 2;
  const query = ((y - box.y) / minimapSize) * tokens - plot.height / view.scale / 2;
  camera.set(clampView({ key, query, scale: view.scale }, tokens, plot));
  return true;
}
