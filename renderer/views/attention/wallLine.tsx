/** Below the wall: the head that is pointed at, anywhere in the window. */
import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import type { LiveMeasure } from '../../api/hooks.ts';
import { rankHeads } from '../../api/rankHeads.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellName, cellOf } from '../../marks/headShape.ts';

export interface WallLineProps {
  readonly shape: HeadShape;
  readonly measure: LiveMeasure | null;
}

export function WallLine({ shape, measure }: WallLineProps): ReactElement {
  const { selection } = useWorkbench();
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const order = measure === null ? null : rankHeads(measure);
    const write = () => {
      const index = selection.hover.get();
      if (text.current !== null) text.current.textContent = index === null ? '' : wordsOf(shape, index, measure, order);
    };
    write();
    return selection.hover.subscribe(write);
  }, [selection, shape, measure]);
  return (
    <div className="attention-cell">
      <span ref={text} className="attention-cell-text" />
    </div>
  );
}

function wordsOf(
  shape: HeadShape,
  index: number,
  measure: LiveMeasure | null,
  order: readonly number[] | null,
): string {
  const name = cellName(shape, index);
  const rank = order?.indexOf(index) ?? -1;
  if (measure === null || rank < 0 || cellOf(shape, index).kind !== 'head') return name;
  return `${name}: ${measure.title} ${formatNumber(measure.values[index] ?? NaN)}, rank ${rank + 1} of ${order?.length ?? 0}, n = ${measure.n}`;
}
