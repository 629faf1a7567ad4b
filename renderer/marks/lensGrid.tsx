import type { PointerEvent, ReactElement, Ref } from 'react';
import { useCallback, useMemo } from 'react';
import { inkOn } from './colour.ts';
import { formatFixed } from './format.ts';
import { GridFocus } from './gridFocus.tsx';
import type { Highlight } from './highlight.ts';
import { moveInGrid } from './moveInGrid.ts';
import type { Box, Painter } from './paint/painter.ts';
import { Surface } from './paint/surface.tsx';
import type { Picture, Size } from './picture.ts';
import type { Theme } from './theme.ts';
import { useTheme } from './theme.ts';
import { displayToken, tokenLabel } from './tokens/displayToken.ts';
import type { Token } from './tokens/token.ts';

export interface LensGridProps extends Size {
  /** One a row, first on top: -1 is the embedding. */
  readonly layers: readonly number[];
  /** The prompt's tokens, one a column. */
  readonly tokens: readonly Token[];
  /** [layers * tokens], the most likely next token. */
  readonly texts: readonly string[];
  /** [layers * tokens]; NaN is not there yet. */
  readonly probabilities: Float32Array;
  readonly measure: string;
  readonly primary?: number | null;
  readonly highlight?: Highlight;
  /** `row * tokens + column`. */
  readonly onHover?: (cell: number | null) => void;
  readonly onPrimary?: (cell: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

const left = 46;
const bottomRoom = 46;

interface LensLayout extends Size {
  readonly rows: number;
  readonly columns: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** What each layer would say next at each position: the token, on a ground that shows how sure it is. */
export function LensGrid(props: LensGridProps): ReactElement {
  const { layers, tokens, texts, probabilities, width, height, highlight, primary = null, ref } = props;
  const theme = useTheme();
  const layout = useMemo(
    () => lensLayout(layers.length, tokens.length, { width, height }),
    [layers.length, tokens.length, width, height],
  );
  const base = useCallback(
    (painter: Painter) => drawLens(painter, layout, { layers, tokens, texts, probabilities }, theme),
    [layout, layers, tokens, texts, probabilities, theme],
  );
  const over = useCallback(
    (painter: Painter, hover: number | null) => {
      if (primary !== null) painter.rect(lensBox(layout, primary), { stroke: theme.accent, width: 2 });
      if (hover !== null) painter.rect(lensBox(layout, hover), { stroke: theme.ink, width: 1.5 });
    },
    [layout, primary, theme],
  );
  const under = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return lensCellAt(layout, event.clientX - box.left, event.clientY - box.top);
  };
  const describe = (cell: number) =>
    `layer ${layers[Math.floor(cell / tokens.length)]}, position ${cell % tokens.length}, ${texts[cell] ?? ''}, ` +
    `${props.measure} ${formatFixed(probabilities[cell] ?? NaN, 3)}`;
  return (
    <Surface
      {...{ width, height, base, over, highlight, ref }}
      pane={theme.pane}
      onPointerMove={(event) => props.onHover?.(under(event))}
      onPointerLeave={() => props.onHover?.(null)}
      onPointerDown={(event) => {
        const cell = under(event);
        if (cell !== null) props.onPrimary?.(cell);
      }}
    >
      <GridFocus
        label={props.label}
        rows={layers.length}
        columns={tokens.length}
        start={primary ?? 0}
        box={(cell) => lensBox(layout, cell)}
        place={(cell) => [Math.floor(cell / tokens.length), cell % tokens.length]}
        describe={describe}
        isSelected={(cell) => cell === primary}
        move={(from, key) => moveInGrid(layers.length, tokens.length, from, key)}
        onFocus={props.onHover}
        onEnter={props.onPrimary}
      />
    </Surface>
  );
}

function lensLayout(rows: number, columns: number, { width, height }: Size): LensLayout {
  const cellWidth = Math.min(96, (width - left - 16) / Math.max(1, columns));
  const cellHeight = Math.min(26, (height - bottomRoom) / Math.max(1, rows));
  return { width, height, rows, columns, cellWidth, cellHeight };
}

function lensBox({ columns, cellWidth, cellHeight }: LensLayout, cell: number): Box {
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const [x, y] = [Math.round(left + column * cellWidth), Math.round(row * cellHeight)];
  const gap = cellHeight >= 8 ? 1 : 0;
  return {
    x,
    y,
    width: Math.round(left + (column + 1) * cellWidth) - x - gap,
    height: Math.round((row + 1) * cellHeight) - y - gap,
  };
}

function lensCellAt({ rows, columns, cellWidth, cellHeight }: LensLayout, x: number, y: number): number | null {
  const [row, column] = [Math.floor(y / cellHeight), Math.floor((x - left) / cellWidth)];
  return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : null;
}

type LensData = Pick<LensGridProps, 'layers' | 'tokens' | 'texts' | 'probabilities'>;

function drawLens(painter: Painter, layout: LensLayout, data: LensData, theme: Theme): void {
  for (let cell = 0; cell < layout.rows * layout.columns; cell++) drawLensCell(painter, layout, data, cell, theme);
  const style = { fill: theme.ink2, size: 10, family: theme.fontText };
  const step = Math.max(1, Math.ceil(11 / layout.cellHeight));
  for (const [row, layer] of data.layers.entries()) {
    if (row % step !== 0) continue;
    painter.text(layer < 0 ? 'embed' : `L${layer}`, left - 7, (row + 0.5) * layout.cellHeight, {
      ...style,
      anchor: 'end',
    });
  }
  const every = Math.max(1, Math.ceil(13 / layout.cellWidth));
  for (const [column, token] of data.tokens.entries()) {
    if (column % every !== 0) continue;
    const x = left + (column + 0.5) * layout.cellWidth - 4;
    const text = fitted(tokenLabel(token), 52, 6);
    painter.text(text, x, layout.rows * layout.cellHeight + 8, { ...style, family: theme.fontCode, angle: 40 });
  }
}

function drawLensCell(
  painter: Painter,
  layout: LensLayout,
  { texts, probabilities }: LensData,
  cell: number,
  theme: Theme,
): void {
  const box = lensBox(layout, cell);
  const probability = probabilities[cell] ?? NaN;
  if (Number.isNaN(probability)) return painter.hatch(box, theme.unknown);
  const colour = theme.sequential.css[Math.round(Math.min(1, probability) * 255)] ?? theme.pane;
  painter.rect(box, { fill: colour });
  if (box.width < 20 || box.height < 11) return;
  const text = displayToken({ text: texts[cell] ?? '' })
    .map((part) => part.text)
    .join('');
  painter.text(fitted(text, box.width - 6, 6), box.x + 4, box.y + box.height / 2, {
    fill: inkOn(colour),
    size: 10,
    family: theme.fontCode,
  });
}

/** Cut with an ellipsis to this many pixels, at `advance` a character. */
function fitted(text: string, width: number, advance: number): string {
  const room = Math.max(1, Math.floor(width / advance));
  return text.length > room ? `${text.slice(0, room - 1)}\u2026` : text;
}
