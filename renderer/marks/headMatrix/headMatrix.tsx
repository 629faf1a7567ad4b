import type { ReactElement, Ref } from 'react';
import { useCallback, useMemo } from 'react';
import type { ColourScale } from '../colour.ts';
import { GridFocus } from '../gridFocus.tsx';
import type { HeadShape } from '../headShape.ts';
import { cellOf } from '../headShape.ts';
import type { Highlight } from '../highlight.ts';
import type { Painter } from '../paint/painter.ts';
import { Surface } from '../paint/surface.tsx';
import type { Picture, Size } from '../picture.ts';
import { useTheme } from '../theme.ts';
import { describeCell } from './describeCell.ts';
import { drawMatrix, drawSelection, ranksBySize } from './drawMatrix.ts';
import { cellBox, isShown, matrixLayout, moveInMatrix, rowOf } from './matrixLayout.ts';
import { useMatrixPointer } from './useMatrixPointer.ts';

/** Cells are numbered as in headShape.ts. Unknown values are NaN and hatched. */
export interface HeadMatrixProps extends Size {
  readonly shape: HeadShape;
  /** [layers * heads] */
  readonly values: Float32Array;
  readonly scale: ColourScale;
  /** What the values are, for the spoken summary: `induction`. */
  readonly measure: string;
  /** [layers * heads], 1 where a value stands out from chance: a dot. */
  readonly significant?: Uint8Array;
  /** How many of the strongest cells show their number, where it fits. Default 12. */
  readonly numbers?: number;
  /** A row of MLPs, a row of whole layers: [layers] values, or null to offer the cells without any. */
  readonly mlp?: Float32Array | null;
  readonly layer?: Float32Array | null;
  readonly set?: ReadonlySet<number>;
  readonly primary?: number | null;
  readonly pinned?: number | null;
  /** Rows that are KV groups instead of heads are named so. */
  readonly unit?: 'head' | 'kv-group';
  /** Tells that `values` and `significant` were written in place. */
  readonly changes?: Highlight['subscribe'];
  /** Cells outside are dimmed (a search, a fold of quiet layers). */
  readonly lit?: ReadonlySet<number> | null;
  /** It is there to be painted on: a press paints at once, values are faint, the set is filled. */
  readonly paints?: boolean;
  readonly highlight?: Highlight;
  readonly onHover?: (index: number | null) => void;
  /** Cells that the pointer enters while it is down, from the first on. */
  readonly onPaint?: (index: number, phase: PaintPhase) => void;
  /** Enter, or a click without a drag. */
  readonly onPrimary?: (index: number) => void;
  /** Space, or Ctrl+click. */
  readonly onToggle?: (index: number) => void;
  /** Shift with an arrow or a click: everything from the first to the second, as a rectangle. */
  readonly onExtend?: (from: number, to: number) => void;
  /** Any other key while a cell has the focus; return true when it was used. */
  readonly onKey?: (event: KeyboardEvent, index: number) => boolean;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export type PaintPhase = 'start' | 'enter' | 'end';

/** Layers along x, heads along y, KV groups set apart. */
export function HeadMatrix(props: HeadMatrixProps): ReactElement {
  const { shape, values, scale, highlight, changes, width, height, ref } = props;
  const theme = useTheme();
  const { numbers = 12, significant, lit, mlp, layer, unit = 'head', paints = false } = props;
  const { set = noCells, primary = null, pinned = null } = props;
  const hasMlp = mlp !== undefined;
  const hasLayer = layer !== undefined;
  const layout = useMemo(
    () => matrixLayout(shape, { width, height }, { mlp: hasMlp, layer: hasLayer }),
    [shape, width, height, hasMlp, hasLayer],
  );
  const base = useCallback(
    (painter: Painter) =>
      drawMatrix(
        painter,
        layout,
        { values, mlp, layer, scale, significant, numbers, lit, unit, isFaint: paints },
        theme,
      ),
    [layout, values, mlp, layer, scale, significant, numbers, lit, unit, paints, theme],
  );
  const over = useCallback(
    (painter: Painter, hover: number | null) =>
      drawSelection(painter, layout, { set, primary, pinned, isFilled: paints }, hover, theme),
    [layout, set, primary, pinned, paints, theme],
  );
  const pointer = useMatrixPointer(props, layout);
  return (
    <Surface
      {...{ width, height, base, over, highlight, changes, ref }}
      pane={theme.pane}
      cursor="default"
      {...pointer}
    >
      <GridFocus
        label={props.label}
        rows={layout.rows.length}
        columns={shape.layers}
        start={primary !== null && isShown(layout, primary) ? primary : 0}
        box={(index) => cellBox(layout, index)}
        place={(index) => [rowOf(layout, index), cellOf(shape, index).layer]}
        changes={changes}
        describe={(index) => describeCell(props, ranksBySize(values), index)}
        isSelected={(index) => set.has(index)}
        move={(from, key) => moveInMatrix(layout, from, key)}
        onFocus={props.onHover}
        onEnter={props.onPrimary}
        onSpace={props.onToggle}
        onExtend={props.onExtend}
        onKey={props.onKey}
      />
    </Surface>
  );
}

const noCells: ReadonlySet<number> = new Set();
