/** Which KV heads stream under a ranking, and the edits that make them. */
import type { Random } from '../../tensor/random.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { Edit } from '../../terms/edits.ts';
import type { StreamingWindow } from '../../train/duo/duoSettings.ts';

export interface KvHead {
  readonly layer: number;
  readonly kvHead: number;
}

/** Added to tell ties apart, as in the reference implementation. */
const NOISE = 1e-6;

/**
 * The KV heads whose number [L][G] is below the quantile `sparsity` of all of them, in layer order, ties broken by noise from
 * U(0, 1e-6); a sparsity of 1 gives all of them, 0 none (Xiao et al. 2024, section 2.4). The quantile lies between order
 * statistics (Hyndman and Fan 1996, type 7).
 */
export function streamingChoice(scores: readonly (readonly number[])[], sparsity: number, seed: number): KvHead[] {
  const random = seededRandom(seed);
  const noisy = scores.map((row) => row.map((score) => score + NOISE * random.next()));
  const threshold = sparsity >= 1 ? Infinity : sparsity <= 0 ? -Infinity : quantile(noisy.flat(), sparsity);
  return noisy.flatMap((row, layer) => row.flatMap((score, kvHead) => (score < threshold ? [{ layer, kvHead }] : [])));
}

/** A ranking that knows nothing: numbers from U(0, 1), [L][G]. */
export function randomRanking(layers: number, kvHeads: number, random: Random): number[][] {
  return Array.from({ length: layers }, () => Array.from({ length: kvHeads }, () => random.next()));
}

/** One edit for each layer in which heads stream: all query heads of the KV heads. `perKvHead` of them share one. */
export function streamingEdits(chosen: readonly KvHead[], perKvHead: number, window: StreamingWindow): Edit[] {
  const layers = [...new Set(chosen.map(({ layer }) => layer))];
  return layers.map((layer) => ({
    site: 'scores',
    layers: [layer],
    heads: chosen.filter((head) => head.layer === layer).flatMap(({ kvHead }) => queryHeads(kvHead, perKvHead)),
    operation: { kind: 'stream', sinks: window.sink, recent: window.recent },
  }));
}

function queryHeads(kvHead: number, perKvHead: number): number[] {
  return Array.from({ length: perKvHead }, (_, i) => kvHead * perKvHead + i);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
