/** Measures a dictionary, and what was trained or made beside it, with the loss that each recovers: a job. */
import type { ReactElement } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useIsResident } from '../../api/hooks.ts';
import { formatNumber } from '../../marks/format.ts';
import type { DictionaryJobProps } from './collectButton.tsx';
import { useTrain } from './dictionariesSettings.ts';
import { JobButton } from './jobButton.tsx';
import { trainTexts } from './trainPlan.ts';
import { isOfModel, useShelf } from './useShelf.ts';

/** Rows, and tokens whose loss is taken. */
const amounts = { count: 4096, lossTokens: 1024 } as const;

export function MeasureButton({ model, card }: DictionaryJobProps): ReactElement {
  const [train] = useTrain();
  const { data } = useShelf();
  const isResident = useIsResident();
  const isOwn = isOfModel(card, model);
  const together = togetherWith(data?.dictionaries ?? [], card);
  // Another seed than that of training: other stories.
  const seed = train.seed + 1;
  const rows = { kind: 'text', texts: trainTexts(train, model.shape) } as const;
  const none = { controls: [], probing: [], attributes: false };
  const request = { ...model.choice, dictionaries: together, rows, ...amounts, ...none, seed };
  const words = `${formatNumber(together.length)} of its training, on ${formatNumber(amounts.count)} rows and the loss of ${formatNumber(amounts.lossTokens)} tokens`;
  return (
    <JobButton
      title="Measure"
      about={isOwn ? words : 'It was made for another model'}
      isQuiet
      disabled={!isOwn || !isResident}
      job={{ call: 'measureDictionaries', request }}
    />
  );
}

/** Dictionaries at most that one call measures. */
const MOST = 256;

/** Folders of the dictionaries of the same training, controls included; of one that belongs to none its own. */
export function togetherWith(cards: readonly DictionaryCard[], { path, training }: DictionaryCard): readonly string[] {
  if (training === null) return [path];
  return cards
    .filter((one) => one.training === training)
    .map((one) => one.path)
    .slice(0, MOST);
}
