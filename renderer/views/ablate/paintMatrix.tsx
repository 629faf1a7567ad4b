/** The matrix to paint on: the current measure faint behind it, so that one paints what matters. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useHeadMeasure, useModelInfo, useSelection, useWorkspace } from '../../api/hooks.ts';
import { scaleOf } from '../../api/measureScale.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import type { PaintPhase } from '../../marks/headMatrix/headMatrix.tsx';
import { HeadMatrix } from '../../marks/headMatrix/headMatrix.tsx';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellOf, hasHead, headIndex, indexOf } from '../../marks/headShape.ts';
import { headsBetween, includesHead } from '../../state/headRefs.ts';
import { paintStore, usePaint } from './painted.ts';

export function PaintMatrix({ heads }: { readonly heads: HeadShape }): ReactElement {
  const { selection, measures } = useWorkbench();
  const id = useWorkspace((state) => state.measure);
  const measure = useHeadMeasure(id);
  const version = measure?.version ?? 0;
  const scale = useMemo(() => {
    void version;
    return measure === null ? ({ kind: 'signed', limit: 1 } as const) : scaleOf(measure);
  }, [measure, version]);
  const unknown = useMemo(() => new Float32Array(heads.layers * heads.heads).fill(NaN), [heads]);
  const chosen = useChosen(heads);
  const hasMlp = (useModelInfo()?.shape.mlpWidth ?? null) !== null;
  const answers = usePainting(heads);
  return (
    <div className="ablate-matrix">
      <FitBox>
        {(size) => (
          <HeadMatrix
            {...size}
            {...chosen}
            {...answers}
            shape={heads}
            values={measure?.values ?? unknown}
            {...(id === null ? {} : { changes: (listener: () => void) => measures.subscribe(listener, id) })}
            scale={scale}
            measure={measure?.title ?? 'not measured'}
            {...(hasMlp ? { mlp: null } : {})}
            layer={null}
            highlight={selection.hover}
            onHover={selection.hover.set}
            label="Heads, MLPs and layers to paint"
          />
        )}
      </FitBox>
      <p className="ablate-note">
        {measure === null
          ? 'Nothing is measured yet: the cells are blank.'
          : `Behind: ${measure.title}, ${measure.dataset}, n = ${measure.n}.`}
        {' Drag to paint, or press Space; a drag that begins on a painted cell takes away.'}
      </p>
    </div>
  );
}

function useChosen(heads: HeadShape) {
  const set = useSelection((state) => state.set);
  const primary = useSelection((state) => state.primary);
  const pinned = useSelection((state) => state.pinned);
  const mlps = usePaint((state) => state.mlps);
  const layers = usePaint((state) => state.layers);
  return useMemo(() => {
    const at = (head: HeadRef | null) => (head === null ? null : headIndex(heads, head.layer, head.head));
    const cells = [
      ...set.map(({ layer, head }) => headIndex(heads, layer, head)),
      ...mlps.map((layer) => indexOf(heads, { kind: 'mlp', layer })),
      ...layers.map((layer) => indexOf(heads, { kind: 'layer', layer })),
    ];
    return { set: new Set(cells), primary: at(primary), pinned: at(pinned) };
  }, [heads, set, primary, pinned, mlps, layers]);
}

/** A drag from a painted cell takes cells out, any other puts them in; of heads it is one step of undo. */
function usePainting(heads: HeadShape) {
  const workbench = useWorkbench();
  const { selection, undo } = workbench;
  const store = paintStore(workbench);
  const stroke = useRef<{ readonly removes: boolean; readonly end: () => void } | null>(null);
  const headsAt = (index: number) => headsOfCell(heads, index, store.getState().brush);
  const isIn = (index: number): boolean => {
    const cell = cellOf(heads, index);
    if (cell.kind === 'head') return headsAt(index).every((head) => includesHead(selection.store.getState().set, head));
    return store.getState()[cell.kind === 'mlp' ? 'mlps' : 'layers'].includes(cell.layer);
  };
  const put = (index: number, removes: boolean) => {
    const cell = cellOf(heads, index);
    if (cell.kind === 'head') return removes ? selection.remove(headsAt(index)) : selection.add(headsAt(index));
    const field = cell.kind === 'mlp' ? 'mlps' : 'layers';
    const others = store.getState()[field].filter((layer) => layer !== cell.layer);
    store.setState({ [field]: removes ? others : [...others, cell.layer].sort((a, b) => a - b) });
  };
  return {
    onPrimary: (index: number) => {
      const [head] = headsAt(index);
      if (head !== undefined) selection.setPrimary(head);
    },
    onToggle: (index: number) => put(index, isIn(index)),
    onExtend: (from: number, to: number) => {
      const [a, b] = [headsAt(from)[0], headsAt(to).at(-1)];
      if (a !== undefined && b !== undefined) selection.add(headsBetween(heads, a, b));
    },
    onPaint: (index: number, phase: PaintPhase) => {
      if (phase === 'start') stroke.current = { removes: isIn(index), end: undo.gesture() };
      if (stroke.current === null) return;
      if (phase !== 'end') return put(index, stroke.current.removes);
      stroke.current.end();
      stroke.current = null;
    },
  };
}

/** The heads that a stroke over a cell paints: its own, or all that share its keys and values. */
export function headsOfCell(heads: HeadShape, index: number, brush: 'head' | 'kv-group'): readonly HeadRef[] {
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
