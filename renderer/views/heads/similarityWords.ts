/** What a map of heads that are alike says, and what it does not. */
import { formatNumber } from '../../marks/format.ts';
import type { SimilarityMap, SimilarityRequest, SimilaritySettings } from './similarityStore.ts';

interface FeatureWords {
  readonly title: string;
  /** Number of its rule in engine/scores/weights/SPEC.md. */
  readonly rule: string;
  readonly about: string;
}

export const featureWords: Readonly<Record<SimilarityRequest['feature'], FeatureWords>> = {
  pattern: {
    ...{ title: 'Attention pattern', rule: 'M1' },
    about: 'alike: their rows of attention share weight (Bhattacharyya coefficient at sampled queries)',
  },
  write: {
    ...{ title: 'Write direction', rule: 'M2' },
    about: 'alike: what they write points the same way (cosine of mean z W_O)',
  },
  scores: {
    ...{ title: 'Score vector', rule: 'M3' },
    about: 'alike: the same scores are high and low (cosine of standardised head scores)',
  },
};

/** `PC 1, 43.1 % of the variance`; axes of UMAP have no meaning of their own. */
export function axisTitles(
  { explained }: Pick<SimilarityMap, 'explained'>,
  plane: SimilaritySettings['plane'],
): readonly [x: string, y: string] {
  if (plane === 'umap') return ['UMAP 1', 'UMAP 2'];
  const [x, y] = explained.map((share, i) => `PC ${i + 1}, ${percent(share)} of the variance`);
  return [x ?? '', y ?? ''];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** What was compared, on what, and how much of it the plane keeps. */
export function mapCaption(
  { feature, prompts, explained }: Pick<SimilarityMap, 'feature' | 'prompts' | 'explained'>,
  { neighbours, seed }: Pick<SimilarityRequest, 'neighbours' | 'seed'>,
  plane: SimilaritySettings['plane'],
): string {
  const { about, rule } = featureWords[feature];
  const on = `${prompts.dataset}, n ${prompts.n}, ${formatNumber(prompts.tokens)} tokens`;
  const kept =
    plane === 'pca'
      ? `PCA keeps ${percent(explained[0] + explained[1])} of the variance; queries sampled with seed ${seed}`
      : `UMAP of ${neighbours} neighbours, seed ${seed}: who is near means something, how far little`;
  return `${about}; rule ${rule}. ${on}. ${kept}. Likeness, not importance.`;
}
