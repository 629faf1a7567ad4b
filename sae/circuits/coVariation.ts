/**
 * The pair score of O'Neill and Bui 2024. Their code calls it edge-level; it has no direction, ranks heads, and is held
 * against a list of heads, so here it is called what it measures.
 */
import type { ValuesOf } from '../../engine/terms/settings.ts';
import type { HeadCodes } from './headCodes.ts';
import type { LabelScorer } from './labelScorer.ts';

export const coVariationSettings = {
  perSupport: {
    kind: 'flag',
    title: 'share of pairs of codes',
    about: 'U divided by the number of pairs of codes in positive and in negative prompts',
    default: false,
  },
  entries: {
    kind: 'number',
    title: 'entries',
    about: 'of the list of heads of the best pairs, from its start, that are counted; 0: N² / 2, as published',
    default: 0,
    range: [0, Infinity],
    whole: true,
  },
  ties: {
    kind: 'choice',
    title: 'pairs of equal score at the end of the list',
    about:
      'shared: each counts by the share of them that still fits. later: those of later heads first, as the authors’ code gives ' +
      'them (its sort keeps no order, so it gives that nearly)',
    default: 'shared',
    choices: ['shared', 'later'],
  },
} as const;

type Settings = ValuesOf<typeof coVariationSettings>;

/** u of every head. */
export function coVariationScorer(codes: HeadCodes, settings: Settings): LabelScorer {
  return async (labellings, pace) => {
    const scores: Float64Array[] = [];
    for (const labels of labellings) {
      scores.push(endpointCounts(coVariation(codes, labels, settings.perSupport), codes.heads, settings));
      await pace.advance();
    }
    return scores;
  };
}

/**
 * [N (N - 1) / 2] of head pairs 01, 02 ... 12 ...: U = #{(c1, c2) : together in a positive prompt, in no negative one}, or
 * U / (pairs of codes in positive prompts + in negative ones).
 */
export function coVariation(codes: HeadCodes, labels: Uint8Array, isShare: boolean): Float64Array {
  const { heads, kinds } = codes;
  const scores = new Float64Array((heads * (heads - 1)) / 2);
  const most = kinds.reduce((a, b) => Math.max(a, b), 0);
  // The pair of heads, from 1, that a pair of codes was last seen with, in prompts of either class.
  const seen = [new Int32Array(most * most), new Int32Array(most * most)] as const;
  let pair = 0;
  for (let a = 0; a < heads; a++)
    for (let b = a + 1; b < heads; b++) {
      const { own, supports } = pairCounts(codes, labels, a, b, ++pair, seen);
      scores[pair - 1] = isShare ? own / supports : own;
    }
  return scores;
}

function pairCounts(
  { prompts, codes, kinds }: HeadCodes,
  labels: Uint8Array,
  a: number,
  b: number,
  pair: number,
  seen: readonly [Int32Array, Int32Array],
): { readonly own: number; readonly supports: number } {
  const columns = kinds[b] as number;
  const counts = { own: 0, supports: 0 };
  for (const label of [0, 1] as const)
    for (let e = 0; e < prompts; e++) {
      if (labels[e] !== label) continue;
      const key = (codes[a * prompts + e] as number) * columns + (codes[b * prompts + e] as number);
      if (seen[label][key] === pair) continue;
      seen[label][key] = pair;
      counts.supports++;
      // Negative prompts were gone through first.
      if (label === 1 && seen[0][key] !== pair) counts.own++;
    }
  return counts;
}

/**
 * u of every head: how often it stands among the first `entries` of the list that has both heads of every ordered pair, pairs
 * by descending score. An unordered pair makes four entries, two of each head.
 */
export function endpointCounts(
  scores: Float64Array,
  heads: number,
  { entries, ties }: Pick<Settings, 'entries' | 'ties'>,
): Float64Array {
  const wanted = Math.min(entries === 0 ? Math.floor(heads ** 2 / 2) : entries, 4 * scores.length);
  return ties === 'shared' ? sharedCounts(scores, heads, wanted) : laterCounts(scores, heads, wanted);
}

function sharedCounts(scores: Float64Array, heads: number, wanted: number): Float64Array {
  const sorted = scores.toSorted().reverse();
  const last = sorted[Math.ceil(wanted / 4) - 1] ?? Infinity;
  const above = sorted.findIndex((score) => score <= last);
  const tied = sorted.findLastIndex((score) => score >= last) + 1 - above;
  const share = tied === 0 ? 0 : (wanted / 4 - above) / tied;
  const counts = new Float64Array(heads);
  eachPair(heads, (a, b, pair) => {
    const score = scores[pair] as number;
    const weight = score > last ? 2 : score === last ? 2 * share : 0;
    counts[a] = (counts[a] as number) + weight;
    counts[b] = (counts[b] as number) + weight;
  });
  return counts;
}

function laterCounts(scores: Float64Array, heads: number, wanted: number): Float64Array {
  const ordered: { readonly first: number; readonly second: number; readonly score: number }[] = [];
  eachPair(heads, (a, b, pair) => {
    const score = scores[pair] as number;
    ordered.push({ first: a, second: b, score }, { first: b, second: a, score });
  });
  const place = ({ first, second }: (typeof ordered)[number]) => first * heads + second;
  ordered.sort((x, y) => y.score - x.score || place(y) - place(x));
  const counts = new Float64Array(heads);
  const list = ordered.slice(0, Math.ceil(wanted / 2)).flatMap(({ first, second }) => [first, second]);
  for (const head of list.slice(0, wanted)) counts[head] = (counts[head] as number) + 1;
  return counts;
}

function eachPair(heads: number, act: (a: number, b: number, pair: number) => void): void {
  let pair = 0;
  for (let a = 0; a < heads; a++) for (let b = a + 1; b < heads; b++) act(a, b, pair++);
}
