/** How the weights are to be held, and the button that opens the model. */
import type { ReactElement } from 'react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { attempt } from '../../api/attempt.ts';
import { useWatch, useWorkspace } from '../../api/hooks.ts';
import { openModel } from '../../api/openModel.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { ProgressBar } from '../../marks/progressBar.tsx';
import { Button } from '../../parts/button.tsx';
import type { SelectOption } from '../../parts/select.tsx';
import { Select } from '../../parts/select.tsx';
import { formatBytes } from '../../shell/formatBytes.ts';
import { weightsTitles } from '../../shell/weightsTitles.ts';
import type { Weights } from './holdings.ts';
import { keepWeights, lastWeights } from './lastWeights.ts';

type Info = ResultOf<'info'>;

const choices = ['auto', 'float32', 'quantised', 'mapped'] as const satisfies readonly Weights[];

export function OpenControls({ path, info }: { readonly path: string; readonly info: Info }): ReactElement {
  const [weights, setWeights] = useState(() => lastWeights(path, localStorage));
  const { isOpen, opening, open, cancel } = useOpening(path, info);
  const start = () => open(weights);
  useShortcut('run', isOpen || opening !== null ? null : start);
  const choose = (next: Weights) => {
    setWeights(next);
    keepWeights(path, next, localStorage);
  };
  if (opening !== null)
    return (
      <div className="models-opening">
        <ProgressBar
          label={`Opening ${info.name}`}
          done={opening.progress?.done ?? 0}
          total={opening.progress?.total ?? null}
        />
        <Button onClick={cancel}>Cancel</Button>
      </div>
    );
  return (
    <div className="models-actions">
      <Select
        label="How the weights are held"
        value={weights}
        onChange={choose}
        options={choices.map((value) => option(info, value))}
      />
      <Button look="primary" onClick={start}>
        {isOpen ? 'Open again' : 'Open'}
      </Button>
    </div>
  );
}

/** Where another model is in memory, the dialog says what closing it means and asks. */
function useOpening(path: string, info: Info) {
  const workbench = useWorkbench();
  const resident = useWatch((state) => state.resident);
  const looked = useWorkspace(({ model }) => model?.model ?? null);
  const running = useStore(workbench.opening);
  const controller = useRef<AbortController | null>(null);
  const isResident = resident?.model.fingerprint === info.fingerprint;
  const open = (weights: Weights) => {
    if (resident !== null && !isResident) return workbench.dialogs.show({ kind: 'openModel', path, weights });
    const { signal } = (controller.current = new AbortController());
    const choice = weights === 'auto' ? { model: path } : { model: path, weights };
    return attempt(workbench, () => openModel(workbench, choice, signal));
  };
  return {
    isOpen: isResident && looked === path,
    opening: running?.choice.model === path ? running : null,
    open,
    cancel: () => controller.current?.abort(),
  };
}

function option({ memory }: Info, value: Weights): SelectOption<Weights> {
  if (value === 'auto') return { value, title: weightsTitles[value] };
  const cost = memory[value];
  const isPossible = cost.kind === 'possible';
  return {
    value,
    title: weightsTitles[value],
    disabled: !isPossible,
    detail: isPossible ? formatBytes(cost.total) : cost.reason,
  };
}
