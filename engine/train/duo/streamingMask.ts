import type { Batch } from '../../run/batch.ts';
import { isVisible } from '../../run/batch.ts';
import type { Feed } from '../../run/ort.ts';
import type { StreamingWindow } from './duoSettings.ts';

/** As the runtime hides keys: finite, and far below any score. */
const HIDDEN = -3e38;

/**
 * Additive mask [1 P K] of a batch of one row: 0 where the layer's query sees the key and the key is among the first `sink`
 * or the last `recent` up to the query; -3e38 elsewhere.
 */
export function streamingMask(batch: Batch, window: number | null, { sink, recent }: StreamingWindow): Feed {
  const { slots } = batch;
  const data = new Float32Array(slots * slots).fill(HIDDEN);
  for (let q = 0; q < slots; q++) {
    for (let k = 0; k <= q; k++) {
      const isNear = k < sink || q - k < recent;
      if (isNear && isVisible(batch, true, window, 0, q, k)) data[q * slots + k] = 0;
    }
  }
  return { data, shape: [1, slots, slots] };
}
