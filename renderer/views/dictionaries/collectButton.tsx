/** Reads text and keeps where each feature is active: a job. */
import type { ReactElement } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { useIsResident } from '../../api/hooks.ts';
import { formatNumber } from '../../marks/format.ts';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useTrain } from './dictionariesSettings.ts';
import { JobButton } from './jobButton.tsx';
import { trainTexts } from './trainPlan.ts';
import { isOfModel } from './useShelf.ts';

export interface DictionaryJobProps {
  readonly model: DictionariesModel;
  readonly card: DictionaryCard;
}

/** Contexts of a feature, and tokens of each. */
const contexts = { strongest: 20, perQuantile: 5, before: 24, after: 8, seed: 0 } as const;

export function CollectButton({ model, card }: DictionaryJobProps): ReactElement {
  const [train] = useTrain();
  const isResident = useIsResident();
  const isOwn = isOfModel(card, model);
  const texts = trainTexts(train, model.shape);
  const words = `Reads ${formatNumber(texts.n)} windows of ${formatNumber(texts.length)} tokens of the text chosen in Train`;
  const request = { ...model.choice, dictionary: card.path, rows: { kind: 'text', texts }, ...contexts } as const;
  return (
    <JobButton
      title={card.collected ? 'Collect anew' : 'Collect contexts'}
      about={isOwn ? words : 'It was made for another model'}
      isQuiet={card.collected}
      disabled={!isOwn || !isResident}
      job={{ call: 'collectFeatures', request }}
    />
  );
}
