/** The only source of randomness: a seeded generator, the same on every machine. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  pick<T>(items: readonly T[]): T;
  /** A new array in a random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
}

/** sfc32 by Chris Doty-Humphrey (PractRand), seeded by mixing the seed twelve times. */
export function seededRandom(seed: number): Random {
  return seededBy(seed | 0, (seed / 2 ** 32) | 0);
}

/**
 * The `draw`-th of a seed's many generators, each another one for draws below 2^32. Not seed 2^32 + draw as one number: whole
 * numbers end at 2^53, and draws of a large seed would be the same.
 */
export function numberedRandom(seed: number, draw: number): Random {
  return seededBy(draw | 0, seed | 0);
}

function seededBy(low: number, high: number): Random {
  let [a, b, c, counter] = [0x9e3779b9, low, high, 1];
  const word = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) word();
  const next = () => (word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53;
  const below = (bound: number) => Math.floor(next() * bound);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('pick: expected at least one item, got none');
    return items[below(items.length)] as T;
  };
  const shuffled = <T>(items: readonly T[]): T[] => {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  };
  return { next, below, normal, pick, shuffled };
}
