/** Heads or KV groups as a matrix that fills while the sweep runs. */
import type { ReactElement, Ref } from 'react';
import { useEffect, useMemo, useRef } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { MatrixCells } from '../../api/matrixCells.ts';
import { hoverOfCells, matrixCells } from '../../api/matrixCells.ts';
import { useSelection } from '../../api/hooks.ts';
import type { AblationTable } from '../../api/runTables.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import type { Picture } from '../../marks/picture.ts';
import { includesHead } from '../../state/headRefs.ts';
import { useFeed, useLimit } from './sweepsFeed.ts';
import type { LineWriter } from './sweepsLine.tsx';
import { SweepsLine } from './sweepsLine.tsx';
import { estimateAt, headShapeOf } from './sweepsRows.ts';
import { decimalsOf, effectTitle, intervalWords } from './sweepsWords.ts';

interface SweepsMatrixProps {
  readonly run: string;
  readonly table: AblationTable;
  readonly quantity: 'effect' | 'kl';
  readonly picture: Ref<Picture>;
}

export function SweepsMatrix({ run, table, quantity, picture }: SweepsMatrixProps): ReactElement {
  const { selection } = useWorkbench();
  const { units, header } = table;
  const isKl = quantity === 'kl' && units.kl !== null;
  const column = isKl ? (units.kl ?? units.effect) : units.effect;
  const heads = useMemo(() => headShapeOf({ header }), [header]);
  const cells = useMemo(() => matrixCells(heads, units.unit === 'kv-group' ? 'kv-group' : 'head'), [heads, units.unit]);
  const feed = useFeed(run, column);
  const limit = useLimit(run, column.mean);
  const scale = useMemo(
    () => (isKl ? ({ kind: 'sequential', low: 0, high: limit } as const) : ({ kind: 'signed', limit } as const)),
    [isKl, limit],
  );
  const hover = useMemo(() => hoverOfCells(selection.hover, cells, heads), [selection, cells, heads]);
  const title = isKl ? 'KL, nats' : effectTitle(header);
  const chosen = useChosenCells(cells);
  const line = useRef<LineWriter>(null);
  useEffect(() => {
    const write = () => {
      const cell = hover.get();
      line.current?.write(cell === null ? '' : wordsOf(table, column, cells, title, cell));
    };
    return hover.subscribe(write);
  }, [hover, table, column, cells, title]);
  const isIn = (cell: number) =>
    cells.headsIn(cell).every((head) => includesHead(selection.store.getState().set, head));
  return (
    <>
      <div className="sweeps-drawing">
        <FitBox>
          {(size) => (
            <HeadMatrix
              {...size}
              {...chosen}
              ref={picture}
              shape={cells.shape}
              unit={cells.unit}
              values={feed.values}
              {...(isKl ? {} : { significant: feed.significant })}
              changes={feed.subscribe}
              scale={scale}
              measure={title}
              highlight={hover}
              onHover={hover.set}
              onPrimary={(cell) => selection.setPrimary(cells.headsIn(cell)[0] ?? null)}
              onToggle={(cell) =>
                isIn(cell) ? selection.remove(cells.headsIn(cell)) : selection.add(cells.headsIn(cell))
              }
              label={`${cells.unit === 'head' ? 'Heads' : 'KV groups'} by layer: ${title}`}
            />
          )}
        </FitBox>
      </div>
      <SweepsLine
        ref={line}
        idle="Point at a cell to read it; a click makes its head the primary one, Space puts it into the set."
      />
    </>
  );
}

function useChosenCells(cells: MatrixCells) {
  const set = useSelection((state) => state.set);
  const primary = useSelection((state) => state.primary);
  const pinned = useSelection((state) => state.pinned);
  return useMemo(() => {
    const at = (head: HeadRef | null) => (head === null ? null : cells.cellOf(head));
    return { set: new Set(set.map(cells.cellOf)), primary: at(primary), pinned: at(pinned) };
  }, [cells, set, primary, pinned]);
}

/** `L9H6: Δ logit difference −1.30 [−1.52, −1.08], n 64` */
function wordsOf(
  { units }: AblationTable,
  column: AblationTable['units']['effect'],
  cells: MatrixCells,
  title: string,
  cell: number,
): string {
  const estimate = estimateAt(column, cell);
  const n = units.effect.n[cell] ?? 0;
  const words = intervalWords(estimate, decimalsOf(column.mean));
  return `${cells.name(cell)}: ${title} ${words}${n === 0 ? '' : `, n ${n}`}`;
}
