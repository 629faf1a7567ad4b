/** Streaming heads in the text form of edits (engine/service/EDITS.md). */
import type { HeadRef } from '../../../engine/results/units.ts';

/** A line for each layer: `L4H0,1,2.scores=stream(16,64)`. */
export function streamEdits(
  heads: readonly HeadRef[],
  { sink, recent }: { readonly sink: number; readonly recent: number },
): string {
  const layers = [...new Set(heads.map(({ layer }) => layer))];
  const lines = layers.map((layer) => {
    const own = heads.filter((head) => head.layer === layer).map(({ head }) => head);
    return `L${layer}H${own.join(',')}.scores=stream(${sink},${recent})`;
  });
  return lines.join('\n');
}
