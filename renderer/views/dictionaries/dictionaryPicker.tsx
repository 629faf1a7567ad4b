/** Which dictionary the faces are about; those of another model are said to be. */
import type { ReactElement } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { formatNumber } from '../../marks/format.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Select } from '../../parts/select.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { isOfModel, useChosenDictionary, useShelf } from './useShelf.ts';

export function DictionaryPicker({ model }: { readonly model: DictionariesModel }): ReactElement | null {
  const { workspace } = useWorkbench();
  const { data } = useShelf();
  const card = useChosenDictionary(model);
  if (card === null) return null;
  const choose = (path: string) => workspace.set({ dictionary: path, feature: null });
  return (
    <Select
      label="Dictionary"
      value={card.path}
      options={dictionaryOptions(data?.dictionaries ?? [], model)}
      onChange={choose}
    />
  );
}

export function dictionaryOptions(cards: readonly DictionaryCard[], model: DictionariesModel) {
  const group = (card: DictionaryCard) =>
    isOfModel(card, model) ? (card.made === 'control' ? 'Controls' : 'Of this model') : 'Of another model';
  const order = ['Of this model', 'Controls', 'Of another model'];
  return cards
    .map((card) => ({
      value: card.path,
      title: card.name,
      detail: `${card.reads}, ${formatNumber(card.features)} features`,
      group: group(card),
    }))
    .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}
