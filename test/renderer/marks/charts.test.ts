import { describe, expect, it } from 'vitest';
import { extentOf, makeAxis } from '../../../renderer/marks/axes.tsx';
import { beeswarm } from '../../../renderer/marks/beeswarm.ts';
import { createHighlight } from '../../../renderer/marks/highlight.ts';
import { hatchLines } from '../../../renderer/marks/paint/painter.ts';
import { svgPainter } from '../../../renderer/marks/paint/svgPainter.ts';
import { overlaps, placeLabels } from '../../../renderer/marks/scatter/placeLabels.ts';
import { outliers, pointAt, pointsIn, scatterLayout } from '../../../renderer/marks/scatter/scatterLayout.ts';

describe('axes', () => {
  it('write ticks alike', () => {
    const axis = makeAxis([-1, 1], [0, 100], { count: 4 });
    expect(axis.ticks.map(({ text }) => text)).toEqual(['\u22121.0', '\u22120.5', '0.0', '0.5', '1.0']);
    expect(axis.invert(axis.place(0.3))).toBeCloseTo(0.3);
  });

  it('mark powers of ten, and steps between over a short range', () => {
    const texts = (domain: readonly [number, number]) =>
      makeAxis(domain, [0, 100], { count: 4, log: true }).ticks.map(({ text }) => text);
    expect(texts([0.08, 0.9])).toEqual(['0.1', '0.2', '0.5']);
    expect(texts([1e-5, 10])).toEqual(['1e\u22125', '1e\u22124', '0.001', '0.01', '0.1', '1', '10']);
  });

  it('have a place for every positive value before there is one', () => {
    const axis = makeAxis(extentOf([]), [0, 100], { count: 4, log: true });
    expect(axis.ticks.map(({ text }) => text)).toEqual(['0.1', '0.2', '0.5', '1']);
    expect(axis.place(1)).toBe(100);
  });

  it('leave out what is not finite', () => {
    expect(extentOf([NaN, 2, Infinity, -1])).toEqual([-1, 2]);
    expect(extentOf([])).toEqual([0, 1]);
    expect(extentOf([5])).toEqual([4.5, 5.5]);
  });
});

describe('a swarm', () => {
  it('lets no two dots overlap and strays no further than it must', () => {
    const x = [0, 0, 1, 4, 4, 4.5, 20, 20];
    const y = beeswarm(x, 2);
    for (const [a, xa] of x.entries())
      for (const [b, xb] of x.entries())
        if (a < b) expect(Math.hypot(xa - xb, (y[a] ?? 0) - (y[b] ?? 0))).toBeGreaterThanOrEqual(4 - 1e-3);
    expect(Math.max(...y.map(Math.abs))).toBeLessThanOrEqual(8);
  });
});

describe('a scatter', () => {
  const xs = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i) * 0.1);
  const ys = xs.map((value, i) => value + Math.cos(i * 7) * 0.01);
  xs[7] = 3;
  ys[7] = 3;
  xs[8] = 0.2;
  ys[8] = -1.3;
  xs[9] = NaN;
  const layout = scatterLayout(xs, ys, { width: 400, height: 400 }, true);

  it('leaves out unknown points and finds the others', () => {
    expect(layout.points[9]).toBeNull();
    const [x, y] = layout.points[7] ?? [0, 0];
    expect(pointAt(layout, x + 3, y - 3)).toBe(7);
    expect(pointAt(layout, 395, 200)).toBeNull();
    expect(pointsIn(layout, { x: x - 1, y: y - 1, width: 2, height: 2 })).toEqual([7]);
  });

  it('names the disagreement and the extreme', () => {
    expect(outliers(layout, 2, true).sort()).toEqual([7, 8]);
    expect(outliers(layout, 1, true)).toEqual([8]);
  });

  it('lets no two names overlap', () => {
    const points = Array.from({ length: 12 }, (_, i): readonly [number, number] => [100 + i * 3, 100 + (i % 3) * 4]);
    const named = points.map((_, index) => ({ index, text: `L1H${index}` }));
    const labels = placeLabels(named, points, { x: 0, y: 0, width: 300, height: 300 });
    const boxes = labels.map(({ x, y, text }) => ({ x, y: y - 6, width: text.length * 5.7, height: 12 }));
    for (const [i, box] of boxes.entries())
      expect(boxes.slice(i + 1).some((other) => overlaps(box, other))).toBe(false);
    expect(labels.length).toBeGreaterThan(2);
  });
});

it('a highlight tells each change once', () => {
  const highlight = createHighlight();
  const seen: (number | null)[] = [];
  const stop = highlight.subscribe(() => seen.push(highlight.get()));
  highlight.set(3);
  highlight.set(3);
  highlight.set(null);
  stop();
  highlight.set(4);
  expect(seen).toEqual([3, null]);
});

describe('painting', () => {
  it('hatches so that neighbours join', () => {
    for (const [[x1, y1], [x2, y2]] of hatchLines({ x: 3, y: 5, width: 20, height: 10 })) {
      expect((x1 + y1) % 4).toBe(0);
      expect(x2 + y2).toBe(x1 + y1);
      expect(Math.min(x1, y1 - 2, 23 - x2, 15 - y1)).toBeGreaterThanOrEqual(0);
    }
  });

  it('writes SVG that any text is safe in', () => {
    const painter = svgPainter(10, 10);
    painter.text('<script>&"\u0000', 0, 0, { fill: 'red', size: 10, family: '"A", sans-serif' });
    expect(painter.toText()).toContain('&lt;script&gt;&amp;&quot;\ufffd</text>');
    expect(painter.toText()).toContain('font-family="&quot;A&quot;, sans-serif"');
  });
});
