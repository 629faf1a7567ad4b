/** Labels of the features of several dictionaries, by folder and feature: of the same tables as the list of features. */
import { useQueries } from '@tanstack/react-query';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { callQuery } from '../../api/callQuery.ts';
import { useClient } from '../../api/engineClient.ts';
import type { DictionariesModel } from './dictionariesModel.ts';
import { labelsOf } from './featureOrder.ts';
import { tableRequest } from './useFeatureTable.ts';

export function useLabels(
  cards: readonly DictionaryCard[],
  model: DictionariesModel,
): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const client = useClient();
  const labelled = cards.filter(({ labels }) => labels > 0);
  const asked = useQueries({
    queries: labelled.map((card) => callQuery(client, 'dictionaryTable', tableRequest(card, model))),
  });
  return new Map(asked.flatMap(({ data }) => (data === undefined ? [] : [[data.card.path, labelsOf(data)] as const])));
}
