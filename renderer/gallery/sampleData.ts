/** Made-up data of the kinds that the marks draw, the same each time. */
import type { WallAtlas } from '../marks/attentionWall/attentionWall.tsx';
import type { Token } from '../marks/tokens/token.ts';

/** Mulberry32: uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Many small values, a few large ones, of either sign. */
export function effects(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => {
    const small = random() + random() - 1;
    const large = random() < 0.05 ? (random() - 0.7) * 4 : 0;
    return small ** 3 * 0.8 + large;
  });
}

/** Scores in [0, 1], most of them low. */
export function shares(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random() ** 6);
}

export const sentence = tokensOf(
  'Then|,| Emma| and| Paul| were| working| at| the| office|,| and| Paul| decided| to| give| a| ring| to',
);

export function tokensOf(text: string): Token[] {
  return text.split('|').map((part, id) => ({ text: part, id: 100 + id }));
}

/** [n, n] causal weights: a sink, the previous token, and repeats of the same word. */
export function pattern(tokens: readonly Token[], seed: number): Float32Array {
  const random = seededRandom(seed);
  const n = tokens.length;
  const values = new Float32Array(n * n);
  for (let q = 0; q < n; q++) {
    const row = Array.from({ length: q + 1 }, (_, k) => {
      const sink = k === 0 ? 2.5 : 0;
      const repeat = k > 0 && tokens[k]?.text === tokens[q]?.text && k !== q ? 2 : 0;
      const name = /Emma|Paul/.test(tokens[k]?.text ?? '') && random() > 0.5 ? 1.5 : 0;
      return Math.exp(sink + repeat + name + random() * 0.6 - 2.4);
    });
    const sum = row.reduce((a, b) => a + b, 0);
    for (const [k, weight] of row.entries()) values[q * n + k] = weight / sum;
  }
  return values;
}

/** A long map by formula, the largest value of each cell: sink, diagonal, bands of an induction head. */
export function longMapValue(query: number, key: number, size: number): number {
  const sink = key < size ? 0.35 : 0;
  const near = query - key < 3 * size ? 0.8 / (1 + (query - key) / size) : 0;
  const lag = Math.abs(query - key - 1024) < size ? 0.9 : 0;
  const block = Math.abs((query % 512) - (key % 512)) < size && key % 1536 < 700 ? 0.3 : 0;
  return Math.max(sink, near, lag, block, 0.002);
}

/** Thumbnails of three kinds of heads: previous token, sink, spread. Those from `missing` on are not there. */
export function wallAtlas(heads: number, cells: number, missing: number): WallAtlas {
  const random = seededRandom(5);
  const data = new Uint8Array(heads * cells * cells);
  const ready = new Uint8Array(heads);
  for (let head = 0; head < heads; head++) {
    const [kind, lag] = [random(), Math.floor(random() * 6)];
    ready[head] = Number(head < missing);
    for (let q = 0; q < cells; q++)
      for (let k = 0; k <= q; k++) data[(head * cells + q) * cells + k] = thumbnailValue(kind, lag, q, k, random());
  }
  return { cells, data, ready, version: 0 };
}

function thumbnailValue(kind: number, lag: number, q: number, k: number, noise: number): number {
  const sink = k === 0 ? 255 * (1 - kind * 0.6) : 0;
  if (kind < 0.4) return Math.max(sink, noise * 8);
  if (kind < 0.7) return Math.max(sink * 0.4, q - k === lag ? 240 : noise * 6);
  return Math.max(sink * 0.3, (noise ** 4 * 255) / (1 + (q - k) * 0.1));
}
