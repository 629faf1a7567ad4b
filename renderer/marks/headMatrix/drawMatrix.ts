import type { ColourScale } from '../colour.ts';
import { inkOn, shareOf, tableOf } from '../colour.ts';
import { formatCell } from '../format.ts';
import { hasHead } from '../headShape.ts';
import type { Box, Painter } from '../paint/painter.ts';
import type { Theme } from '../theme.ts';
import type { MatrixLayout } from './matrixLayout.ts';
import { boxAt, cellBox, isShown } from './matrixLayout.ts';

export interface MatrixData {
  readonly values: Float32Array;
  readonly mlp?: Float32Array | null | undefined;
  readonly layer?: Float32Array | null | undefined;
  readonly scale: ColourScale;
  readonly significant?: Uint8Array | undefined;
  readonly numbers: number;
  readonly lit?: ReadonlySet<number> | null | undefined;
  readonly unit?: 'head' | 'kv-group';
  /** Something else is drawn over the values. */
  readonly isFaint?: boolean;
}

const faint = 0.45;

/** The matrix without selections: cells, numbers, margins, labels. */
export function drawMatrix(painter: Painter, layout: MatrixLayout, data: MatrixData, theme: Theme): void {
  const numbered = strongest(layout, data);
  for (const row of layout.rows) {
    for (let layer = 0; layer < layout.shape.layers; layer++) {
      const box = boxAt(layout, layer, row.y);
      if (row.kind !== 'head') drawExtra(painter, box, data, data[row.kind]?.[layer], theme);
      else if (hasHead(layout.shape, layer, row.head))
        drawHead(painter, box, layer * layout.shape.heads + row.head, data, numbered, theme);
    }
  }
  drawLabels(painter, layout, data.unit ?? 'head', theme);
  drawGroups(painter, layout, theme);
  if (layout.barHeight > 0) drawLayerBars(painter, layout, data.values, data.scale, theme);
  if (layout.barWidth > 0) drawHeadBars(painter, layout, data.values, theme);
}

function drawHead(
  painter: Painter,
  box: Box,
  index: number,
  data: MatrixData,
  numbered: ReadonlySet<number>,
  theme: Theme,
): void {
  const value = data.values[index] ?? NaN;
  const dim = data.lit !== undefined && data.lit !== null && !data.lit.has(index);
  const colour = fillCell(painter, box, data.scale, value, theme, dim ? 0.22 : data.isFaint === true ? faint : 1);
  if (colour === null || dim) return;
  // On a colour that the pane shines through, only the pane's own ink can be read.
  const ink = data.isFaint === true ? theme.ink2 : inkOn(colour);
  if (data.significant?.[index] === 1 && box.width >= 5)
    painter.circle(box.x + box.width - 3, box.y + 3, 1.3, { fill: ink });
  if (!numbered.has(index)) return;
  const text = formatCell(value, data.scale.kind === 'signed');
  painter.text(text, box.x + box.width / 2, box.y + box.height / 2, {
    fill: ink,
    size: 10,
    family: theme.fontText,
    anchor: 'middle',
  });
}

/** A paint target without values is an empty frame. */
function drawExtra(painter: Painter, box: Box, data: MatrixData, value: number | undefined, theme: Theme): void {
  if (value !== undefined) fillCell(painter, box, data.scale, value, theme, data.isFaint === true ? faint : 1);
  else painter.rect(inset(box, 0.5), { stroke: theme.line }, cornerOf(box));
}

/** The colour of the cell, or null where it is hatched. */
function fillCell(
  painter: Painter,
  box: Box,
  scale: ColourScale,
  value: number,
  theme: Theme,
  alpha: number,
): string | null {
  if (Number.isNaN(value)) {
    painter.hatch(box, theme.unknown);
    return null;
  }
  const colour = tableOf(scale, theme).css[Math.round(shareOf(scale, value) * 255)] ?? theme.pane;
  painter.rect(box, alpha < 1 ? { fill: colour, alpha } : { fill: colour }, cornerOf(box));
  return colour;
}

function cornerOf({ width, height }: Box): number {
  return Math.min(width, height) >= 12 ? 2 : 0;
}

function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

/** The cells of largest size, where a number fits into one. */
function strongest(layout: MatrixLayout, { values, numbers }: MatrixData): ReadonlySet<number> {
  if (layout.pitchX < 26 || layout.pitchY < 14) return new Set();
  const known = Array.from(values.keys()).filter((index) => Math.abs(values[index] ?? NaN) > 0);
  known.sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0));
  return new Set(known.slice(0, numbers));
}

function drawLabels(painter: Painter, layout: MatrixLayout, unit: 'head' | 'kv-group', theme: Theme): void {
  const letter = unit === 'head' ? 'H' : 'G';
  const style = { fill: theme.ink2, size: 10, family: theme.fontText };
  for (let layer = 0; layer < layout.shape.layers; layer += layout.layerStep) {
    const x = layout.x + (layer + 0.5) * layout.pitchX - layout.gap / 2;
    painter.text(`L${layer}`, x, layout.bottom + 9, { ...style, anchor: 'middle' });
  }
  for (const { kind, head, y } of layout.rows) {
    if (kind === 'head' && head % layout.headStep !== 0) continue;
    if (kind !== 'head' && layout.headStep > 1) continue;
    const name = kind === 'head' ? `${letter}${head}` : kind === 'mlp' ? 'MLP' : 'layer';
    painter.text(name, layout.x - 6, y + (layout.pitchY - layout.gap) / 2, { ...style, anchor: 'end' });
  }
}

/** Brackets of the KV groups, named where the name fits. */
function drawGroups(painter: Painter, layout: MatrixLayout, theme: Theme): void {
  for (const { name, y, height } of layout.groups) {
    const x = 19.5;
    const end = y + height - layout.gap;
    const corner = Math.min(3, height / 4);
    painter.line(
      [
        [x + corner, y + 0.5],
        [x, y + 0.5],
        [x, end - 0.5],
        [x + corner, end - 0.5],
      ],
      {
        stroke: theme.lineStrong,
      },
    );
    const text = height >= 30 ? name : height >= 11 ? name.slice(3) : null;
    if (text === null) continue;
    const upright = height < 30;
    painter.text(text, upright ? 15 : 9, (y + end) / 2, {
      fill: theme.ink2,
      size: 10,
      family: theme.fontText,
      anchor: upright ? 'end' : 'middle',
      angle: upright ? 0 : -90,
    });
  }
}

/** Sum of the values' sizes over the heads of each layer. Unknown values add nothing. */
export function layerSums(values: Float32Array, layers: number, heads: number): number[] {
  return Array.from({ length: layers }, (_, layer) => absoluteSum(values.subarray(layer * heads, (layer + 1) * heads)));
}

/** The same over the layers, for each head's place. */
export function headSums(values: Float32Array, layers: number, heads: number): number[] {
  return Array.from({ length: heads }, (_, head) =>
    absoluteSum(Array.from({ length: layers }, (__, layer) => values[layer * heads + head] ?? 0)),
  );
}

function absoluteSum(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i] ?? 0) || 0;
  return sum;
}

function drawLayerBars(
  painter: Painter,
  layout: MatrixLayout,
  values: Float32Array,
  scale: ColourScale,
  theme: Theme,
): void {
  const sums = layerSums(values, layout.shape.layers, layout.shape.heads);
  const most = Math.max(...sums);
  const label = scale.kind === 'signed' ? '\u03a3|\u0394|' : '\u03a3';
  const text = { fill: theme.ink3, size: 10, family: theme.fontText, anchor: 'end' } as const;
  painter.text(label, layout.x - 6, layout.barBase - layout.barHeight + 6, text);
  painter.line(
    [
      [layout.x, layout.barBase + 0.5],
      [layout.right - layout.gap, layout.barBase + 0.5],
    ],
    {
      stroke: theme.line,
    },
  );
  for (const [layer, sum] of sums.entries()) {
    if (!(most > 0)) return;
    const { x, width } = boxAt(layout, layer, 0);
    const height = Math.max(1, Math.round((sum / most) * layout.barHeight));
    if (sum > 0) painter.rect({ x, y: layout.barBase - height, width, height }, { fill: theme.markSoft });
  }
}

function drawHeadBars(painter: Painter, layout: MatrixLayout, values: Float32Array, theme: Theme): void {
  const sums = headSums(values, layout.shape.layers, layout.shape.heads);
  const most = Math.max(...sums);
  const x = Math.round(layout.right + 6 - layout.gap);
  for (const { kind, head, y } of layout.rows) {
    const share = kind === 'head' && most > 0 ? (sums[head] ?? 0) / most : 0;
    const { height } = boxAt(layout, 0, y);
    const width = Math.max(1, Math.round(share * (layout.barWidth - 2)));
    if (share > 0) painter.rect({ x, y: Math.round(y), width, height }, { fill: theme.markSoft });
  }
}

export interface MatrixSelection {
  readonly set: ReadonlySet<number>;
  readonly primary: number | null;
  readonly pinned: number | null;
  /** The set is crossed out on the accent colour: painted. */
  readonly isFilled?: boolean;
}

/** Rings: ink for the set, dashed for the pin, accent for the primary, thin for what is pointed at. */
export function drawSelection(
  painter: Painter,
  layout: MatrixLayout,
  { set, primary, pinned, isFilled = false }: MatrixSelection,
  hover: number | null,
  theme: Theme,
): void {
  const ring = (index: number | null, stroke: string, width: number, dash?: readonly number[]) => {
    if (index === null || !isShown(layout, index)) return;
    const box = inset(cellBox(layout, index), -width / 2);
    painter.rect(inset(box, width - 0.25), { stroke: theme.pane, width: 1 }, 2);
    painter.rect(box, dash === undefined ? { stroke, width } : { stroke, width, dash }, 3);
  };
  const thick = layout.pitchX >= 14 && layout.pitchY >= 10;
  for (const index of set) {
    if (!isFilled) ring(index, theme.ink, thick ? 1.5 : 1);
    else if (isShown(layout, index)) drawPainted(painter, cellBox(layout, index), theme);
  }
  ring(pinned, theme.ink, thick ? 2 : 1.5, [3, 2]);
  ring(primary, theme.accent, thick ? 2.5 : 2);
  ring(hover, hover === primary ? theme.accent : theme.ink2, thick ? 1.5 : 1);
}

/** Told by its cross too, not by the colour alone. */
function drawPainted(painter: Painter, box: Box, theme: Theme): void {
  painter.rect(box, { fill: theme.accent }, cornerOf(box));
  const [x, y, arm] = [box.x + box.width / 2, box.y + box.height / 2, Math.min(4, box.width / 4, box.height / 4)];
  for (const rise of [-arm, arm]) {
    const ends = [
      [x - arm, y - rise],
      [x + arm, y + rise],
    ] as const;
    painter.line(ends, { stroke: theme.pane, width: 1.5 });
  }
}

/** Ranks of the heads by size, 1 first; 0 where the value is unknown. */
export function ranksBySize(values: Float32Array): Uint32Array {
  const known = Array.from(values.keys()).filter((index) => !Number.isNaN(values[index]));
  known.sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0));
  const ranks = new Uint32Array(values.length);
  for (const [i, index] of known.entries()) ranks[index] = i + 1;
  return ranks;
}
