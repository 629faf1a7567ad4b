import { describe, expect, it } from 'vitest';
import type { MapStyle } from '../../../renderer/marks/attentionMap/mapColours.ts';
import { stepOf, tilePixels } from '../../../renderer/marks/attentionMap/mapColours.ts';
import {
  clampView,
  fitView,
  levelFor,
  mapCellAt,
  panView,
  revealRow,
  visibleTiles,
  zoomView,
} from '../../../renderer/marks/attentionMap/mapView.ts';
import { colourTable } from '../../../renderer/marks/colour.ts';

const plot = { x: 80, y: 2, width: 400, height: 300 };
const tokens = 4096;
const style: MapStyle = {
  scale: { kind: 'sequential', low: 0, high: 1 },
  table: colourTable(['#000000', '#ffffff']),
  log: false,
  threshold: 0,
  skipFirst: false,
};

describe('the view', () => {
  it('shows all at first, short prompts not larger than need be', () => {
    expect(fitView(tokens, plot).scale).toBeCloseTo(300 / 4096);
    expect(fitView(5, plot).scale).toBe(32);
  });

  it('zooms around the pointer and no further out than all', () => {
    const start = clampView({ key: 1000, query: 2000, scale: 1 }, tokens, plot);
    const at = [200, 100] as const;
    const before = mapCellAt(start, ...at, tokens, plot);
    expect(mapCellAt(zoomView(start, 2, at, tokens, plot), ...at, tokens, plot)).toBe(before);
    expect(zoomView(start, 1e-9, at, tokens, plot)).toEqual(fitView(tokens, plot));
  });

  it('pans within the map', () => {
    const start = clampView({ key: 1000, query: 2000, scale: 1 }, tokens, plot);
    expect(panView(start, -50, 20, tokens, plot)).toEqual({ key: 1050, query: 1980, scale: 1 });
    expect(panView(start, 1e6, -1e6, tokens, plot)).toEqual({ key: 0, query: 4096 - 300, scale: 1 });
  });

  it('moves as little as shows a row', () => {
    const start = clampView({ key: 0, query: 2000, scale: 1 }, tokens, plot);
    expect(revealRow(start, 2100, tokens, plot).query).toBe(2000);
    expect(revealRow(start, 1500, tokens, plot).query).toBe(1500);
    expect(revealRow(start, 3000, tokens, plot).query).toBe(2701);
  });

  it('points at nothing above the diagonal or outside', () => {
    const start = clampView({ key: 0, query: 0, scale: 1 }, tokens, plot);
    expect(mapCellAt(start, 80 + 10, 2 + 20, tokens, plot)).toBe(20 * tokens + 10);
    expect(mapCellAt(start, 80 + 20, 2 + 10, tokens, plot)).toBeNull();
    expect(mapCellAt(start, 40, 10, tokens, plot)).toBeNull();
  });
});

describe('tiles', () => {
  it('come at the level whose cells are a device pixel or more', () => {
    expect([8, 1, 0.5, 0.3, 300 / 4096].map((scale) => levelFor(scale, 1))).toEqual([0, 0, 1, 2, 4]);
    expect(levelFor(0.5, 2)).toBe(0);
  });

  it('cover what is in view of the lower triangle, no more', () => {
    const close = clampView({ key: 1000, query: 2000, scale: 2 }, tokens, plot);
    expect(visibleTiles(close, 0, tokens, plot)).toEqual([
      { level: 0, row: 7, column: 3 },
      { level: 0, row: 7, column: 4 },
      { level: 0, row: 8, column: 3 },
      { level: 0, row: 8, column: 4 },
    ]);
    expect(visibleTiles(fitView(tokens, plot), 4, tokens, plot)).toEqual([{ level: 4, row: 0, column: 0 }]);
    const corner = clampView({ key: 4000, query: 0, scale: 1 }, tokens, plot);
    expect(visibleTiles(corner, 0, tokens, plot)).toEqual([]);
  });
});

describe('colours', () => {
  it('are linear or logarithmic, and tell unknown from undrawn', () => {
    expect(stepOf(style, 0.5)).toBe(128);
    expect(stepOf(style, NaN)).toBe(-2);
    expect(stepOf({ ...style, threshold: 0.1 }, 0.05)).toBe(-1);
    const log = { ...style, log: true };
    expect([1, 0.01, 0.0001, 0].map((value) => stepOf(log, value))).toEqual([255, 128, 0, 0]);
  });

  it('leave out what lies above the diagonal, and the first key', () => {
    const place = { rows: 2, columns: 2, row: 0, column: 0 };
    const alpha = (pixels: Uint8ClampedArray) => [3, 7, 11, 15].map((i) => pixels[i]);
    expect(alpha(tilePixels(Float32Array.of(1, 9, 0.5, 0.2), place, style))).toEqual([255, 0, 255, 255]);
    expect(alpha(tilePixels(Float32Array.of(1, 9, 0.5, 0.2), place, { ...style, skipFirst: true }))).toEqual([
      0, 0, 0, 255,
    ]);
  });
});
