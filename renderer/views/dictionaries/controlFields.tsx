/** Controls are made on the same rows: what a dictionary has to do better than. */
import type { ReactElement } from 'react';
import type { DictionaryKinds } from '../../../engine/results/dictionaries.ts';
import { useTrain } from './dictionariesSettings.ts';
import { trainableControls } from './trainPlan.ts';

export function ControlFields({ kinds }: { readonly kinds: DictionaryKinds }): ReactElement {
  const [{ controls }, change] = useTrain();
  const all = trainableControls(kinds);
  const chosen = controls ?? all.map(({ id }) => id);
  const toggle = (id: string, isOn: boolean) =>
    change({
      controls: all.map((one) => one.id).filter((one) => (one === id ? isOn : chosen.includes(one))),
    });
  return (
    <div className="dict-controls">
      {all.map(({ id, title, about }) => (
        <label key={id} className="dict-check" title={about}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={(event) => toggle(id, event.currentTarget.checked)}
          />
          {title}
        </label>
      ))}
      {chosen.length === 0 && (
        <p className="sweeps-problem">Without a control nobody can tell whether the training did anything.</p>
      )}
    </div>
  );
}
