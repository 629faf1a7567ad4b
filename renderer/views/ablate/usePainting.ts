/** What strokes, clicks and keys on the matrix do to what is painted. */
import { useMemo } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadMatrixProps, PaintPhase } from '../../marks/headMatrix/headMatrix.tsx';
import type { Cell, HeadShape } from '../../marks/headShape.ts';
import { cellOf, hasHead } from '../../marks/headShape.ts';
import { headsBetween, includesHead } from '../../state/headRefs.ts';
import { otherUnits } from './painted.ts';
import type { Brush } from './paintSettings.ts';
import { paintSettings } from './paintSettings.ts';

export type Painting = Required<Pick<HeadMatrixProps, 'onPrimary' | 'onToggle' | 'onExtend' | 'onPaint'>>;

interface Stroke {
  /** Begun on a painted cell: it takes out what it crosses. */
  readonly removes: boolean;
  /** Heads, MLPs or layers: a stroke that strays into another row paints nothing there. */
  readonly kind: Cell['kind'];
  readonly first: number;
  hasMoved: boolean;
  readonly end: () => void;
}

export function usePainting(heads: HeadShape): Painting {
  const workbench = useWorkbench();
  return useMemo(() => createPainting(workbench, heads), [workbench, heads]);
}

/** A stroke is one step of undo. A press without a move makes its head the primary one besides. */
export function createPainting(workbench: Workbench, heads: HeadShape): Painting {
  const { selection, undo } = workbench;
  let stroke: Stroke | null = null;
  const put = (index: number, removes: boolean) => putCell(workbench, heads, index, removes);
  const headsAt = (index: number) => headsOfCell(heads, index, paintSettings(workbench).getState().brush);
  const choose = (index: number) => {
    const cell = cellOf(heads, index);
    if (cell.kind === 'head') selection.setPrimary({ layer: cell.layer, head: cell.head });
  };
  const begin = (index: number) => {
    const removes = isPainted(workbench, heads, index);
    const { kind } = cellOf(heads, index);
    stroke = { removes, kind, first: index, hasMoved: false, end: undo.gesture() };
  };
  const end = ({ first, hasMoved, end: ended }: Stroke) => {
    if (!hasMoved) choose(first);
    ended();
    stroke = null;
  };
  return {
    onPrimary: choose,
    onToggle: (index) => put(index, isPainted(workbench, heads, index)),
    onExtend: (from, to) => {
      const [a, b] = [headsAt(from)[0], headsAt(to).at(-1)];
      if (a !== undefined && b !== undefined) selection.add(headsBetween(heads, a, b));
    },
    onPaint: (index: number, phase: PaintPhase) => {
      if (phase === 'start') begin(index);
      const now = stroke;
      if (now === null) return;
      if (phase === 'end') return end(now);
      if (phase === 'enter') now.hasMoved = true;
      if (cellOf(heads, index).kind === now.kind) put(index, now.removes);
    },
  };
}

function isPainted(workbench: Workbench, heads: HeadShape, index: number): boolean {
  const cell = cellOf(heads, index);
  if (cell.kind !== 'head') return otherUnits(workbench).getState()[fields[cell.kind]].includes(cell.layer);
  const { set } = workbench.selection.store.getState();
  const own = headsOfCell(heads, index, paintSettings(workbench).getState().brush);
  return own.every((head) => includesHead(set, head));
}

function putCell(workbench: Workbench, heads: HeadShape, index: number, removes: boolean): void {
  const cell = cellOf(heads, index);
  if (cell.kind !== 'head') return putOther(workbench, cell, removes);
  const own = headsOfCell(heads, index, paintSettings(workbench).getState().brush);
  if (removes) workbench.selection.remove(own);
  else workbench.selection.add(own);
}

const fields = { mlp: 'mlps', layer: 'layers' } as const;

function putOther(workbench: Workbench, { kind, layer }: Exclude<Cell, { kind: 'head' }>, removes: boolean): void {
  const store = otherUnits(workbench);
  const others = store.getState()[fields[kind]].filter((other) => other !== layer);
  store.setState({ [fields[kind]]: removes ? others : [...others, layer].sort((a, b) => a - b) });
}

/** The heads that a stroke over a cell paints: its own, or all that share its keys and values. */
export function headsOfCell(heads: HeadShape, index: number, brush: Brush): readonly HeadRef[] {
  const cell = cellOf(heads, index);
  if (cell.kind !== 'head') return [];
  const { layer, head } = cell;
  if (brush === 'head') return [{ layer, head }];
  const size = heads.heads / heads.kvHeads;
  const first = Math.floor(head / size) * size;
  return Array.from({ length: size }, (_, i) => ({ layer, head: first + i })).filter((own) =>
    hasHead(heads, own.layer, own.head),
  );
}
