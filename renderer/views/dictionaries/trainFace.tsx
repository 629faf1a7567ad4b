/** What is trained on the left, how it goes on the right. */
import type { ReactElement } from 'react';
import { useCall } from '../../api/queries.ts';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { useSelection, useWorkspace } from '../../api/hooks.ts';
import type { DictionariesModel } from './dictionariesModel.ts';
import { useTrain } from './dictionariesSettings.ts';
import { ForkFields } from './forkFields.tsx';
import { TrainFields } from './trainFields.tsx';
import type { TrainScene } from './trainPlan.ts';
import { takenNames } from './trainPlan.ts';
import { TrainResult } from './trainResult.tsx';
import { TrainStart } from './trainStart.tsx';
import { useShelf } from './useShelf.ts';

export function TrainFace({ model }: { readonly model: DictionariesModel }): ReactElement {
  const scene = useTrainScene(model);
  const [{ fork }] = useTrain();
  return (
    <div className="dict-halves">
      <div className="dict-form">
        <div className="dict-scroll">
          {scene.error !== null && <ErrorState error={scene.error} />}
          {scene.value === null && scene.error === null && <Loading what="Asking what can be trained" />}
          {scene.value !== null &&
            (fork === null ? (
              <TrainFields scene={scene.value} />
            ) : (
              <ForkFields fork={fork} kinds={scene.value.kinds} />
            ))}
        </div>
        {scene.value !== null && <TrainStart scene={scene.value} />}
      </div>
      <TrainResult />
    </div>
  );
}

function useTrainScene({ choice, shape }: DictionariesModel): {
  readonly value: TrainScene | null;
  readonly error: Error | null;
} {
  const kinds = useCall('dictionaryKinds', {});
  const shelf = useShelf();
  const set = useSelection((state) => state.set);
  const primary = useSelection((state) => state.primary);
  const prompts = useWorkspace((state) => state.prompts);
  const error = kinds.error ?? shelf.error;
  if (kinds.data === undefined || shelf.data === undefined) return { value: null, error };
  const { folder, dictionaries } = shelf.data;
  const taken = takenNames(dictionaries);
  return {
    value: { model: choice, shape, kinds: kinds.data, heads: { set, primary }, prompts, folder, taken },
    error: null,
  };
}
