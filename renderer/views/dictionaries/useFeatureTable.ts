/** The table of a dictionary's features. While the next dictionary is read, the table of the one before is no answer. */
import { useCall } from '../../api/queries.ts';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import type { FeatureTable } from './featureOrder.ts';
import { isOfModel } from './useShelf.ts';

interface ShownModel {
  readonly name: string;
  readonly fingerprint: string;
  readonly shape: { readonly heads: number };
}

export function useFeatureTable(card: DictionaryCard, model: ShownModel) {
  const { data, error, refetch } = useCall('dictionaryTable', tableRequest(card, model));
  const table: FeatureTable | null = data?.card.path === card.path ? data : null;
  return { table, error, refetch };
}

/** Without the number of heads it is not known which head writes a feature of several, unless contexts were collected. */
export function tableRequest(card: DictionaryCard, model: ShownModel) {
  return { dictionary: card.path, ...(isOfModel(card, model) ? { heads: model.shape.heads } : {}) };
}
