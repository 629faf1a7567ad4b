import { useCallback } from 'react';
import type { HeadMap } from './headMap.ts';
import type { WeightWords } from './weightWords.ts';

/** `·to (18) at ·Paul (12): pattern 0.571`; of a coarse cell, what it is made of. */
export function useCellWords(
  map: HeadMap,
  isHidden: boolean,
  words: WeightWords,
): (query: number, key: number) => string {
  return useCallback(
    (query: number, key: number) => {
      const name = (index: number) => `${words.nameOf(index)} (${index})`;
      return `${name(query)} at ${name(key)}: ${valueWords(map, query, key, isHidden, words)}`;
    },
    [map, isHidden, words],
  );
}

function valueWords(map: HeadMap, query: number, key: number, isHidden: boolean, words: WeightWords): string {
  if (isHidden && key === 0) return 'hidden';
  const known = map.valueAt(query, key);
  if (known === null) return 'not yet known';
  const { value, step } = known;
  const around = step === 1 ? '' : `, ${map.pool === 'max' ? 'largest' : 'mean'} of ${step} \u00d7 ${step} around it`;
  return `${words.measure} ${words.format(value)}${around}`;
}
