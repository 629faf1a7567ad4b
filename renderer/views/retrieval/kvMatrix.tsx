/** A number for each KV head, as colours; pointing at one lights its query heads everywhere. */
import type { ReactElement, Ref } from 'react';
import { useMemo } from 'react';
import type { StreamingHeader } from '../../../engine/results/streamingHeads.ts';
import { hoverOfCells, matrixCells } from '../../api/matrixCells.ts';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { ColourScale } from '../../marks/colour.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import type { Picture } from '../../marks/picture.ts';
import { headsShapeOf } from '../prune/headsShapeOf.ts';

export interface KvMatrixProps {
  readonly shape: StreamingHeader['shape'];
  /** At [layer * kvHeads + KV head]; unknown is NaN. */
  readonly values: Float32Array;
  readonly scale: ColourScale;
  /** What the values are. */
  readonly measure: string;
  /** 1 where a cell gets a dot. */
  readonly marks?: Uint8Array;
  /** How many of the largest show their number. */
  readonly numbers?: number;
  readonly onPoint?: (cell: number | null) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function KvMatrix({ shape, marks, numbers = 12, onPoint, ref, ...drawn }: KvMatrixProps): ReactElement {
  const { selection } = useWorkbench();
  const primary = useSelection((state) => state.primary);
  const heads = useMemo(() => headsShapeOf({ shape }), [shape]);
  const cells = useMemo(() => matrixCells(heads, 'kv-group'), [heads]);
  const hover = useMemo(() => hoverOfCells(selection.hover, cells, heads), [selection, cells, heads]);
  const point = (cell: number | null) => {
    hover.set(cell);
    onPoint?.(cell);
  };
  return (
    <FitBox>
      {(size) => (
        <HeadMatrix
          {...size}
          {...drawn}
          {...(marks === undefined ? {} : { significant: marks })}
          {...(ref === undefined ? {} : { ref })}
          shape={cells.shape}
          unit="kv-group"
          numbers={numbers}
          primary={primary === null ? null : cells.cellOf(primary)}
          highlight={hover}
          onHover={point}
          onPrimary={(cell) => selection.setPrimary(cells.headsIn(cell)[0] ?? null)}
        />
      )}
    </FitBox>
  );
}
