/** The matrix itself: numbers are drawn as they come, clicks and keys go to the selection. */
import type { ReactElement, Ref } from 'react';
import { useMemo, useRef } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import type { PaintPhase } from '../../marks/headMatrix/headMatrix.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import type { Picture } from '../../marks/picture.ts';
import { headsBetween, includesHead } from '../../state/headRefs.ts';
import { useHeadsSettings } from './headsSettings.ts';
import type { MatrixCells } from '../../api/matrixCells.ts';
import { hoverOfCells } from '../../api/matrixCells.ts';
import { isRankedBySize } from '../../api/rankHeads.ts';
import type { Shown } from './shown.ts';
import { useShownScale, useVersion } from './shown.ts';
import { topCells } from './topHeads.ts';
import { useTagged } from './useTagged.ts';

interface MatrixPanelProps {
  readonly shown: Shown;
  readonly picture: Ref<Picture>;
}

export function MatrixPanel({ shown, picture }: MatrixPanelProps): ReactElement {
  const { heads, measure, cells, feed } = shown;
  const { selection } = useWorkbench();
  const scale = useShownScale(measure);
  const lit = useLit(shown);
  const chosen = useChosenCells(cells);
  const hover = useMemo(() => hoverOfCells(selection.hover, cells, heads), [selection, cells, heads]);
  const answers = useAnswers(shown);
  return (
    <div className="heads-matrix">
      <FitBox>
        {(size) => (
          <HeadMatrix
            {...size}
            {...chosen}
            {...answers}
            ref={picture}
            shape={cells.shape}
            unit={cells.unit}
            values={feed.values}
            significant={feed.significant}
            changes={feed.subscribe}
            scale={scale}
            lit={lit}
            measure={measure?.title ?? 'not measured'}
            highlight={hover}
            onHover={hover.set}
            label={`${cells.unit === 'head' ? 'Heads' : 'KV groups'} by layer: ${measure?.title ?? 'nothing is measured'}`}
          />
        )}
      </FitBox>
    </div>
  );
}

/** Cells that are not dimmed: the first by the measure, and of them those with the chosen tag; null: all. */
function useLit(shown: Shown): ReadonlySet<number> | null {
  const { cells } = shown;
  const top = useTop(shown);
  const { isTagged } = useTagged();
  return useMemo(() => {
    if (isTagged === null) return top;
    const among = top ?? Array.from({ length: cells.shape.layers * cells.shape.heads }, (_, cell) => cell);
    return new Set([...among].filter((cell) => isTagged(cells.headsIn(cell))));
  }, [top, isTagged, cells]);
}

/** Follows the numbers only while there is something to dim. */
function useTop({ measure, cells, feed }: Shown): ReadonlySet<number> | null {
  const top = useHeadsSettings((settings) => settings.top);
  const version = useVersion(top === null ? null : measure);
  return useMemo(() => {
    void version;
    return top === null || measure === null ? null : topCells(feed.values, isRankedBySize(measure), top, cells.count);
  }, [top, measure, feed, cells, version]);
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

/** A drag from a head of the set takes heads out, any other puts them in; it is one step of undo. */
function useAnswers({ heads, cells }: Shown) {
  const { selection, undo } = useWorkbench();
  const stroke = useRef<{ readonly removes: boolean; readonly end: () => void } | null>(null);
  const isIn = (cell: number) =>
    cells.headsIn(cell).every((head) => includesHead(selection.store.getState().set, head));
  const put = (cell: number, removes: boolean) =>
    removes ? selection.remove(cells.headsIn(cell)) : selection.add(cells.headsIn(cell));
  return {
    onPrimary: (cell: number) => selection.setPrimary(cells.headsIn(cell)[0] ?? null),
    onToggle: (cell: number) => put(cell, isIn(cell)),
    onExtend: (from: number, to: number) => {
      const [a, b] = [cells.headsIn(from)[0], cells.headsIn(to).at(-1)];
      if (a !== undefined && b !== undefined) selection.add(headsBetween(heads, a, b));
    },
    onPaint: (cell: number, phase: PaintPhase) => {
      if (phase === 'start') stroke.current = { removes: isIn(cell), end: undo.gesture() };
      if (stroke.current === null) return;
      if (phase !== 'end') return put(cell, stroke.current.removes);
      stroke.current.end();
      stroke.current = null;
    },
  };
}
