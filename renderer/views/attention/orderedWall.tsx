/** The wall by layer, or in another order: its indices are then those of places, not of heads. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useSelection } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { WallAtlas } from '../../marks/attentionWall/attentionWall.tsx';
import { AttentionWall } from '../../marks/attentionWall/attentionWall.tsx';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellName, headIndex } from '../../marks/headShape.ts';
import type { Highlight } from '../../marks/highlight.ts';
import type { Picture, Size } from '../../marks/picture.ts';
import type { WallOrder } from './wallOrder.ts';
import { ordered, wallOrder } from './wallOrder.ts';

export interface OrderedWallProps {
  readonly size: Size;
  readonly shape: HeadShape;
  readonly atlas: WallAtlas;
  /** Heads `layer * heads + head` from the first rank on; null by layer. */
  readonly ranked: readonly number[] | null;
  readonly head: HeadRef;
  readonly picture: { current: Picture | null };
}

export function OrderedWall({ size, shape, atlas, ranked, head, picture }: OrderedWallProps): ReactElement {
  const { selection } = useWorkbench();
  const { width, height } = size;
  const order = useMemo(
    () => (ranked === null ? null : wallOrder(shape, ranked, { width, height })),
    [ranked, shape, width, height],
  );
  const drawn = useMemo(() => (order === null ? atlas : ordered(atlas, order)), [order, atlas]);
  const highlight = useMemo(
    () => (order === null ? selection.hover : placed(selection.hover, order)),
    [selection, order],
  );
  const place = (index: number) => (order === null ? index : (order.placeOf[index] ?? -1));
  const headAt = (at: number) => (order === null ? at : (order.headAt[at] ?? -1));
  const refAt = (at: number): HeadRef => {
    const index = headAt(at);
    return { layer: Math.floor(index / shape.heads), head: index % shape.heads };
  };
  const pinned = useSelection((state) => state.pinned);
  const set = useSelection((state) => state.set);
  const indexOf = (of: HeadRef) => place(headIndex(shape, of.layer, of.head));
  return (
    <AttentionWall
      {...size}
      shape={order?.shape ?? shape}
      atlas={drawn}
      primary={indexOf(head)}
      pinned={pinned === null ? null : indexOf(pinned)}
      set={new Set(set.map(indexOf))}
      highlight={highlight}
      onHover={(at) => selection.hover.set(at === null ? null : headAt(at))}
      onPrimary={(at) => selection.setPrimary(refAt(at))}
      onToggle={(at) => selection.toggle(refAt(at))}
      {...(order === null ? {} : { nameOf: (at: number) => cellName(shape, headAt(at)) })}
      label="Patterns of all heads"
      ref={picture}
    />
  );
}

/** Hover is told in heads; MLPs and layers have no thumbnail. */
function placed(hover: Highlight, { placeOf }: WallOrder): Highlight {
  const get = () => {
    const place = placeOf[hover.get() ?? -1] ?? -1;
    return place < 0 ? null : place;
  };
  return { get, subscribe: hover.subscribe };
}
