/** What was done, in words that every number of it carries. */
import type { EffectRequest } from './liveEffect.ts';
import { countWords } from './painted.ts';
import { ablationTitles } from './sweepsWords.ts';

type Done = Pick<EffectRequest, 'ablation' | 'scale'>;

/** `zero`, `scale × 0.50`. */
export function kindWords({ ablation, scale }: Done): string {
  return scale === undefined ? ablationTitles[ablation] : `${ablationTitles[ablation]} × ${scale.toFixed(2)}`;
}

/** `Ablate 3 heads: zero`. */
export function setWords(of: Done & Pick<EffectRequest, 'set'>): string {
  return `Ablate ${shortWords(of)}`;
}

/** `3 heads: zero`. */
export function shortWords(of: Done & Pick<EffectRequest, 'set'>): string {
  return `${countWords(of.set)}: ${kindWords(of)}`;
}
