/** Node scores from codes: each head by itself. */
import type { CodeStatistic } from './codeStatistics.ts';
import type { HeadCodes } from './headCodes.ts';
import type { LabelScorer } from './labelScorer.ts';

/** The statistic of every head's codes. */
export function codeScorer(codes: HeadCodes, statistic: CodeStatistic): LabelScorer {
  return async (labellings, pace) => {
    const scores: Float64Array[] = [];
    for (const labels of labellings) {
      scores.push(codeScores(codes, labels, statistic));
      await pace.advance();
    }
    return scores;
  };
}

function codeScores(
  { heads, prompts, codes, kinds }: HeadCodes,
  labels: Uint8Array,
  statistic: CodeStatistic,
): Float64Array {
  return Float64Array.from({ length: heads }, (_, head) => {
    const length = kinds[head] as number;
    const counts = [new Uint32Array(length), new Uint32Array(length)] as const;
    for (let e = 0; e < prompts; e++) {
      const side = counts[labels[e] as 0 | 1];
      const code = codes[head * prompts + e] as number;
      side[code] = (side[code] as number) + 1;
    }
    return statistic(counts[1], counts[0]);
  });
}
