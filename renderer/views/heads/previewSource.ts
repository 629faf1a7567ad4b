/** One pooled picture of a head's attention as the source of a map: coarser levels are the largest of what it holds. */
import type { MapSource, MapWindow } from '../../marks/attentionMap/attentionMap.tsx';

/** Cells along an axis of the picture, at most. */
const MOST_CELLS = 512;

/** Tokens in a cell: the power of two that keeps the picture within bounds. */
export function stepFor(tokens: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(tokens / MOST_CELLS)));
}

/** `data` is [side, side] cells of `step` tokens each; null while it is fetched. It never changes, so nobody is told of news. */
export function previewSource(data: Float32Array | null, side: number, step: number): MapSource {
  return {
    read: (window) => (data === null || 2 ** window.level < step ? null : pooled(data, side, step, window)),
    subscribe: () => () => undefined,
  };
}

function pooled(data: Float32Array, side: number, step: number, { level, queries, keys }: MapWindow): Float32Array {
  const size = 2 ** level;
  const rows = Math.ceil((queries[1] - queries[0]) / size);
  const columns = Math.ceil((keys[1] - keys[0]) / size);
  const share = size / step;
  const first = [queries[0] / step, keys[0] / step] as const;
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const row = first[0] + Math.floor(i / columns) * share;
    const column = first[1] + (i % columns) * share;
    return largest(data, side, row, column, share);
  });
}

function largest(data: Float32Array, side: number, row: number, column: number, share: number): number {
  let most = NaN;
  for (let i = row; i < Math.min(side, row + share); i++) {
    for (let j = column; j < Math.min(side, column + share); j++) {
      const value = data[i * side + j] ?? NaN;
      if (!(most >= value)) most = value;
    }
  }
  return most;
}

/** Weights that would be written 0.000 say nothing. */
const LEAST = 0.0005;

/** Indices of the largest weights, largest first. */
export function topKeys(weights: Float32Array, most: number): readonly number[] {
  const order = Array.from(weights.keys()).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  return order.slice(0, most).filter((key) => (weights[key] ?? 0) >= LEAST);
}
