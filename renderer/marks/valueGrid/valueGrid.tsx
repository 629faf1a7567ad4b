import type { PointerEvent, ReactElement, Ref } from 'react';
import { useCallback, useMemo } from 'react';
import type { ColourScale } from '../colour.ts';
import { GridFocus } from '../gridFocus.tsx';
import type { Highlight } from '../highlight.ts';
import { moveInGrid } from '../moveInGrid.ts';
import type { Painter } from '../paint/painter.ts';
import { Surface } from '../paint/surface.tsx';
import type { Picture, Size } from '../picture.ts';
import { useTheme } from '../theme.ts';
import { drawGrid } from './drawGrid.ts';
import type { GridNames } from './gridLayout.ts';
import { gridBox, gridCellAt, gridLayout } from './gridLayout.ts';

/** Cells are numbered row by row. */
export interface ValueGridProps extends Size, GridNames {
  /** [rows * columns]; unknown is NaN and hatched. */
  readonly values: Float32Array;
  readonly scale: ColourScale;
  /** What a screen reader says of a cell. */
  readonly describe: (cell: number) => string;
  /** [rows * columns], 1 where a value stands out from chance: a dot. */
  readonly significant?: Uint8Array;
  /** Cells that can have no value: left empty. */
  readonly absent?: ReadonlySet<number>;
  /** How many of the strongest cells show their number, where it fits. Default 16. */
  readonly numbers?: number;
  /** Cells as high as they are wide. */
  readonly isSquare?: boolean;
  readonly primary?: number | null;
  /** Tells that `values` and `significant` were written in place. */
  readonly changes?: Highlight['subscribe'];
  readonly highlight?: Highlight;
  readonly onHover?: (cell: number | null) => void;
  readonly onPrimary?: (cell: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

/** A number for each row and column, as colours. */
export function ValueGrid(props: ValueGridProps): ReactElement {
  const { rows, columns, values, scale, significant, absent, numbers = 16, isSquare = false } = props;
  const { width, height, primary = null, highlight, changes, ref } = props;
  const theme = useTheme();
  const layout = useMemo(
    () => gridLayout({ rows, columns }, { width, height }, isSquare),
    [rows, columns, width, height, isSquare],
  );
  const base = useCallback(
    (painter: Painter) =>
      drawGrid(painter, layout, { rows, columns, values, scale, significant, absent, numbers }, theme),
    [layout, rows, columns, values, scale, significant, absent, numbers, theme],
  );
  const over = useCallback(
    (painter: Painter, hover: number | null) => {
      if (primary !== null) painter.rect(gridBox(layout, primary), { stroke: theme.accent, width: 2 }, 2);
      if (hover !== null) painter.rect(gridBox(layout, hover), { stroke: theme.ink, width: 1.5 }, 2);
    },
    [layout, primary, theme],
  );
  const under = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const cell = gridCellAt(layout, event.clientX - box.left, event.clientY - box.top);
    return cell === null || absent?.has(cell) === true ? null : cell;
  };
  return (
    <Surface
      {...{ width, height, base, over, highlight, changes, ref }}
      pane={theme.pane}
      cursor="default"
      onPointerMove={(event) => props.onHover?.(under(event))}
      onPointerLeave={() => props.onHover?.(null)}
      onPointerDown={(event) => {
        const cell = under(event);
        if (cell !== null) props.onPrimary?.(cell);
      }}
    >
      <GridFocus
        label={props.label}
        rows={rows.length}
        columns={columns.length}
        start={primary ?? 0}
        box={(cell) => gridBox(layout, cell)}
        place={(cell) => [Math.floor(cell / columns.length), cell % columns.length]}
        changes={changes}
        describe={props.describe}
        isSelected={(cell) => cell === primary}
        move={(from, key) => moveInGrid(rows.length, columns.length, from, key)}
        onFocus={props.onHover}
        onEnter={props.onPrimary}
      />
    </Surface>
  );
}
