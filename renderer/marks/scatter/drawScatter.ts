import type { ColourScale } from '../colour.ts';
import { shareOf, tableOf } from '../colour.ts';
import type { Box, Painter } from '../paint/painter.ts';
import { textWidth } from '../paint/painter.ts';
import type { Theme } from '../theme.ts';
import { placeLabels } from './placeLabels.ts';
import type { ScatterLayout } from './scatterLayout.ts';
import { outliers } from './scatterLayout.ts';

/** A third number of each point; NaN where unknown: an open ring. */
export interface ScatterColour {
  /** [points] */
  readonly values: Float32Array;
  readonly scale: ColourScale;
}

export interface ScatterWords {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly name: (index: number) => string;
}

/** Axes, the diagonal and all points. */
export function drawScatter(
  painter: Painter,
  layout: ScatterLayout,
  words: ScatterWords,
  diagonal: boolean,
  theme: Theme,
  colour: ScatterColour | null = null,
): void {
  const { plot, x, y, points } = layout;
  const [right, bottom] = [plot.x + plot.width, plot.y + plot.height];
  const tick = { fill: theme.ink3, size: 10, family: theme.fontText };
  for (const { value, text } of x.ticks) {
    const at = Math.round(x.place(value)) + 0.5;
    painter.line(
      [
        [at, plot.y],
        [at, bottom],
      ],
      { stroke: theme.line },
    );
    painter.text(text, at, bottom + 10, { ...tick, anchor: 'middle' });
  }
  for (const { value, text } of y.ticks) {
    const at = Math.round(y.place(value)) + 0.5;
    painter.line(
      [
        [plot.x, at],
        [right, at],
      ],
      { stroke: theme.line },
    );
    painter.text(text, plot.x - 6, at, { ...tick, anchor: 'end' });
  }
  if (diagonal) {
    const [low, high] = x.domain;
    const dash = { stroke: theme.ink3, dash: [3, 3] };
    painter.line(
      [
        [x.place(low), y.place(low)],
        [x.place(high), y.place(high)],
      ],
      dash,
    );
  }
  painter.text(words.xTitle, right, bottom + 25, { ...tick, fill: theme.ink2, anchor: 'end' });
  painter.text(words.yTitle, plot.x + 4, plot.y - 5, { ...tick, fill: theme.ink2, halo: theme.pane });
  if (colour !== null) return drawColoured(painter, layout, colour, theme);
  const alpha = points.length > 2000 ? 0.35 : 0.7;
  for (const point of points) if (point) painter.circle(...point, 2.6, { fill: theme.mark, alpha });
}

/** With an outline: the lightest colours of a scale are near the pane's. */
function drawColoured(painter: Painter, { points }: ScatterLayout, colour: ScatterColour, theme: Theme): void {
  for (const [index, point] of points.entries()) {
    const fill = colourAt(colour, index, theme);
    if (point) painter.circle(...point, 4, { ...(fill === null ? {} : { fill }), stroke: theme.ink3, width: 0.75 });
  }
}

function colourAt({ values, scale }: ScatterColour, index: number, theme: Theme): string | null {
  const share = shareOf(scale, values[index] ?? NaN);
  return Number.isNaN(share) ? null : (tableOf(scale, theme).css[Math.round(share * 255)] ?? null);
}

export interface ScatterSelection {
  readonly set: ReadonlySet<number>;
  readonly primary: number | null;
  readonly pinned: number | null;
  readonly outliers: number;
  readonly diagonal: boolean;
  /** Being dragged. */
  readonly lasso: Box | null;
  /** Points that are chosen keep their own colour and get a ring. */
  readonly colour?: ScatterColour | null;
}

/** Selected points in the accent colour, and the names of these, of outliers, and of what is pointed at. */
export function drawScatterSelection(
  painter: Painter,
  layout: ScatterLayout,
  words: ScatterWords,
  selection: ScatterSelection,
  hover: number | null,
  theme: Theme,
): void {
  const { points, plot } = layout;
  const { set, primary, pinned, lasso } = selection;
  const colour = selection.colour ?? null;
  const dot = (index: number | null, radius: number, plain: string, stroke: string, ring: string) => {
    const point = index === null ? null : points[index];
    if (!point || index === null) return;
    if (colour === null) return painter.circle(...point, radius, { fill: plain, stroke, width: 1.5 });
    const fill = colourAt(colour, index, theme) ?? theme.pane;
    painter.circle(...point, radius + 0.8, { fill, stroke: ring, width: 2 });
  };
  for (const index of set) dot(index, 4.2, theme.accent, theme.pane, theme.accent);
  dot(primary, 4.8, theme.accent, theme.pane, theme.accent);
  dot(pinned, 4.8, theme.pane, theme.ink, theme.ink);
  if (hover !== null) {
    dot(hover, 5, set.has(hover) || hover === primary ? theme.accent : theme.mark, theme.ink, theme.ink);
  }
  const chosen = [primary, pinned, ...set].filter((index) => index !== null);
  const order = [...new Set([...chosen, ...outliers(layout, selection.outliers, selection.diagonal)])].filter(
    (index) => index !== hover,
  );
  const labels = placeLabels(
    order.slice(0, 40).map((index) => ({ index, text: words.name(index) })),
    points,
    plot,
  );
  const style = { fill: theme.ink, size: 10, family: theme.fontText, halo: theme.pane };
  for (const { text, x, y } of labels) painter.text(text, x, y, style);
  drawHoverName(painter, layout, words, hover, theme);
  if (lasso !== null) painter.rect(lasso, { stroke: theme.accent, dash: [3, 2] });
}

function drawHoverName(
  painter: Painter,
  { points, plot }: ScatterLayout,
  words: ScatterWords,
  hover: number | null,
  theme: Theme,
): void {
  const point = hover === null ? null : points[hover];
  if (!point || hover === null) return;
  const name = words.name(hover);
  const fits = point[0] + 10 + textWidth(name, 11) < plot.x + plot.width;
  painter.text(name, point[0] + (fits ? 10 : -10), point[1] - 8, {
    fill: theme.ink,
    size: 11,
    weight: 600,
    family: theme.fontText,
    anchor: fits ? 'start' : 'end',
    halo: theme.pane,
  });
}
