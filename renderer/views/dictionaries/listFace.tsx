/** All dictionaries of the project; of the chosen one its features. */
import type { ReactElement } from 'react';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useChangeDictionaries } from './dictionariesSettings.ts';
import { DictionaryList } from './dictionaryList.tsx';
import { FeaturePanel } from './featurePanel.tsx';
import { ImportBar } from './importBar.tsx';
import { useChosenDictionary, useShelf } from './useShelf.ts';

export function ListFace({ model }: { readonly model: DictionariesModel }): ReactElement {
  const { data, error, refetch } = useShelf();
  const card = useChosenDictionary(model);
  const change = useChangeDictionaries();
  if (data === undefined) {
    return error === null ? (
      <Loading what="Reading the dictionaries" />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="dict-list-face">
      <ImportBar folder={data.folder} cards={data.dictionaries} />
      {card === null ? (
        <Empty
          title="There is no dictionary yet"
          action={<Button onClick={() => change({ face: 'train' })}>Train one</Button>}
        >
          <p className="dict-note">
            Train one on a head of this model, or import one: a SAELens folder, EleutherAI sparsify, dictionary_learning
            as safetensors, Gemma Scope.
          </p>
          {data.problems.map(({ folder, reason }) => (
            <p key={folder} className="sweeps-problem">{`${folder}: ${reason}`}</p>
          ))}
        </Empty>
      ) : (
        <div className="dict-list-halves">
          <DictionaryList {...{ model, card }} cards={data.dictionaries} problems={data.problems} />
          <FeaturePanel key={card.path} {...{ model, card }} />
        </div>
      )}
    </div>
  );
}
