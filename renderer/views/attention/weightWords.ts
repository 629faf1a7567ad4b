import { useMemo } from 'react';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { formatWeight, measureAbout, measureTitles } from './measureWords.ts';
import type { Scene } from './scene.ts';

export interface WeightWords {
  readonly measure: string;
  readonly about: string;
  readonly nameOf: (token: number) => string;
  readonly format: (value: number) => string;
}

/** How tokens and weights are written; the same object while nothing of it changes. */
export function useWeightWords({ settings, prompt }: Scene, isDifference: boolean): WeightWords {
  const { measure } = settings;
  const { tokens } = prompt;
  return useMemo(
    () => ({
      measure: `${isDifference ? '\u0394 ' : ''}${measureTitles[measure]}`,
      about: measureAbout[measure],
      nameOf: (index) => tokenLabel(tokens[index] ?? { text: '' }),
      format: (value) => formatWeight(value, measure, isDifference),
    }),
    [measure, tokens, isDifference],
  );
}
