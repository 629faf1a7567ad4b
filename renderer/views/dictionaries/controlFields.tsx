/** Controls are made on the same rows: what a dictionary has to do better than. */
import type { ReactElement } from 'react';
import { useTrain } from './dictionariesSettings.ts';
import type { TrainScene } from './trainPlan.ts';
import { proposedControls, trainableControls } from './trainPlan.ts';

export function ControlFields({ scene }: { readonly scene: TrainScene }): ReactElement {
  const [{ controls }, change] = useTrain();
  const all = trainableControls(scene.kinds);
  const chosen = controls ?? proposedControls(scene);
  const toggle = (id: string, isOn: boolean) =>
    change({
      controls: all.map((one) => one.id).filter((one) => (one === id ? isOn : chosen.includes(one))),
    });
  return (
    <div className="dict-controls">
      {all.map(({ id, title, about, madeOf }) => (
        <label
          key={id}
          className="dict-check"
          title={madeOf === 'training' ? `${about} Trains along: takes as long as the dictionary.` : about}
        >
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
