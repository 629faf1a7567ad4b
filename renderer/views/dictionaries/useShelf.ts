/** The dictionaries of the project. Asked again when a job that can make one ends. */
import { useEffect } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useWorkspace } from '../../api/hooks.ts';
import type { Asked } from '../../api/queries.ts';
import { useCall, useRuns } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';

const makes = new Set(['trainDictionaries', 'measureDictionaries', 'collectFeatures']);

export function useShelf(): Asked<'dictionaries'> {
  const { queries } = useWorkbench();
  const { data } = useRuns();
  const ended = (data?.runs ?? [])
    .filter(({ call }) => makes.has(call))
    .map(({ id, state }) => `${id} ${state}`)
    .join(' ');
  useEffect(() => {
    for (const call of shelfCalls) void queries.invalidateQueries({ queryKey: [call] });
  }, [queries, ended]);
  return useCall('dictionaries', {});
}

/** What is read from the folders of dictionaries. */
export const shelfCalls = ['dictionaries', 'dictionaryTable', 'feature'] as const;

/** The one that is looked at: the chosen one, else the newest of this model, else the newest. */
export function useChosenDictionary(model: {
  readonly name: string;
  readonly fingerprint: string;
}): DictionaryCard | null {
  const chosen = useWorkspace((state) => state.dictionary);
  const { data } = useShelf();
  return chosenOf(data?.dictionaries ?? [], chosen, model);
}

export function chosenOf(
  cards: readonly DictionaryCard[],
  chosen: string | null,
  model: { readonly name: string; readonly fingerprint: string },
): DictionaryCard | null {
  const own = cards.filter((card) => isOfModel(card, model));
  const trained = own.find(({ made }) => made !== 'control');
  return cards.find(({ path }) => path === chosen) ?? trained ?? own[0] ?? cards[0] ?? null;
}

/** By its fingerprint where it names one, else by the name; one that names no model may be of any. */
export function isOfModel(
  { model: of }: Pick<DictionaryCard, 'model'>,
  model: { readonly name: string; readonly fingerprint: string },
): boolean {
  if (of === null) return true;
  return of.fingerprint === null ? of.name === model.name : of.fingerprint === model.fingerprint;
}
