/** What a direct feature attribution adds up to: by source token, by head, and in all. */
import type { FeatureAttribution } from '../../../engine/results/dictionaryFeatures.ts';

type Split = Pick<FeatureAttribution, 'tokens' | 'heads' | 'bySource'>;

/** [positions] through one head, or through all (null). */
export function bySource({ tokens, heads, bySource: values }: Split, head: number | null): Float32Array {
  const positions = tokens.length;
  const sums = new Float64Array(positions);
  heads.forEach((name, row) => {
    if (head !== null && name !== head) return;
    for (let at = 0; at < positions; at++) sums[at] = (sums[at] ?? 0) + (values[row * positions + at] ?? 0);
  });
  return Float32Array.from(sums);
}

export interface HeadSum {
  readonly head: number;
  readonly value: number;
}

/** Over all source tokens, in the order of heads. */
export function byHead({ tokens, heads, bySource: values }: Split): readonly HeadSum[] {
  const positions = tokens.length;
  return heads.map((head, row) => {
    const own = values.subarray(row * positions, (row + 1) * positions);
    return { head, value: own.reduce((sum, value) => sum + value, 0) };
  });
}

/** What stands beside the biases in the sum: the tokens of attention; of the stream itself, which has no sources, its parts. */
export function explainedBy({ byPart, ...split }: Split & Pick<FeatureAttribution, 'byPart'>) {
  const isSources = split.heads.length > 0 || byPart === null;
  const terms = isSources ? byHead(split) : byPart;
  return { name: isSources ? 'tokens' : 'parts', total: terms.reduce((sum, { value }) => sum + value, 0) };
}
