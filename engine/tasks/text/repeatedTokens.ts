import type { Random } from '../../tensor/random.ts';
import type { IdRun } from './document.ts';
import type { DocumentRequest, TextGenerator } from './generator.ts';

const fewest = 16;
const mostIds = 1000;
const longest = 100;
const shortest = 8;

/** Random tokens of a random part of the vocabulary, then the same ones again (Olsson et al. 2022). */
export const repeatedTokens: TextGenerator = {
  about: 'a span of random tokens that comes again: all but the first token of every later copy are determined',
  least: 2 * shortest,
  generate(request) {
    const { random, room } = request;
    const pool = poolOf(request);
    const fitting = Math.max(shortest, Math.min(longest, 2 * pool.length, Math.floor(room / 2)));
    const length = shortest + random.below(fitting - shortest + 1);
    const span = spanOf(random, pool, length);
    const runs: IdRun[] = [{ ids: span, determined: false }];
    for (let used = length; used + length <= room && runs.length < 40;) {
      const gap =
        random.below(3) === 0 ? spanOf(random, pool, random.below(Math.min(30, room - used - length + 1))) : [];
      runs.push({ ids: gap, determined: false }, ...copyOf(random, span));
      used += gap.length + length;
      if (random.below(2) === 0) break;
    }
    return { runs: runs.filter(({ ids }) => ids.length > 0) };
  },
};

/** From 16 to 1,000 different ids, small pools as often as large ones. */
function poolOf({ random, vocabulary, bosId }: DocumentRequest): readonly number[] {
  const size = Math.round(fewest * (mostIds / fewest) ** random.next());
  const chosen = new Set<number>();
  const possible = bosId === null || bosId >= vocabulary ? vocabulary : vocabulary - 1;
  while (chosen.size < Math.min(size, possible)) {
    const id = random.below(vocabulary);
    if (id !== bosId) chosen.add(id);
  }
  return [...chosen];
}

/** Without repeats where the pool is large enough, in every second span. */
function spanOf(random: Random, pool: readonly number[], length: number): readonly number[] {
  if (length <= pool.length && random.below(2) === 0) return random.shuffled(pool).slice(0, length);
  return Array.from({ length }, () => random.pick(pool));
}

/** The span again, now and then from somewhere inside of it. */
function copyOf(random: Random, span: readonly number[]): IdRun[] {
  const from = random.below(4) === 0 ? random.below(span.length - 1) : 0;
  return [
    { ids: span.slice(from, from + 1), determined: false },
    { ids: span.slice(from + 1), determined: true },
  ];
}
