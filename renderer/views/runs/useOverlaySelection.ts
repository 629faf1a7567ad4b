/** What is pointed at and chosen in the drawings of two runs: the window's own where they are of the model that is looked at. */
import { useMemo } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useModelInfo, useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { hasHead, headIndex } from '../../marks/headShape.ts';
import type { WritableHighlight } from '../../marks/highlight.ts';
import { createHighlight } from '../../marks/highlight.ts';
import type { HeadRun } from './overlaid.ts';

export interface OverlaySelection {
  readonly set: ReadonlySet<number>;
  readonly primary: number | null;
  readonly pinned: number | null;
  readonly highlight: WritableHighlight;
  readonly onHover: (index: number | null) => void;
  readonly onPrimary?: (index: number) => void;
  readonly onToggle?: (index: number) => void;
}

export function useOverlaySelection({ shape, fingerprint }: HeadRun, two: HeadRun): OverlaySelection {
  const { selection } = useWorkbench();
  const looked = useModelInfo()?.fingerprint ?? null;
  const isLinked = fingerprint === looked && two.fingerprint === looked;
  const { set, primary, pinned } = useSelection((state) => state);
  const own = useMemo(() => createHighlight(), []);
  return useMemo(() => {
    if (!isLinked) return { set: new Set<number>(), primary: null, pinned: null, highlight: own, onHover: own.set };
    const at = (head: HeadRef | null) => (head === null ? null : headIndex(shape, head.layer, head.head));
    const { hover } = selection;
    return {
      set: new Set(set.map(({ layer, head }) => headIndex(shape, layer, head))),
      ...{ primary: at(primary), pinned: at(pinned), highlight: hover, onHover: hover.set },
      onPrimary: (index) => whenHead(shape, index, selection.setPrimary),
      onToggle: (index) => whenHead(shape, index, selection.toggle),
    };
  }, [isLinked, own, shape, selection, set, primary, pinned]);
}

function whenHead(shape: HeadShape, index: number, act: (head: HeadRef) => void): void {
  const ref = { layer: Math.floor(index / shape.heads), head: index % shape.heads };
  if (hasHead(shape, ref.layer, ref.head)) act(ref);
}
