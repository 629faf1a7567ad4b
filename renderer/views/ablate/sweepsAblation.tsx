/** What takes the place of what is removed: the same choice as while painting. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { NumberInput } from '../../parts/input.tsx';
import type { SelectOption } from '../../parts/select.tsx';
import { Select } from '../../parts/select.tsx';
import type { AblationKind } from '../../state/workspace.ts';
import { ablationTitles } from './sweepsWords.ts';

const details: Readonly<Record<AblationKind, string>> = {
  zero: 'nothing',
  mean: 'the mean over prompts at each position, counted from the end',
  resample: 'the value of the corrupt prompt',
  scale: 'the value times a factor',
  uniform: 'attention alike over all visible keys; heads only',
};

const options: readonly SelectOption<AblationKind>[] = (Object.keys(details) as AblationKind[]).map((value) => ({
  value,
  title: ablationTitles[value],
  detail: details[value],
}));

export function SweepsAblation(): ReactElement {
  const { workspace } = useWorkbench();
  const ablation = useWorkspace((state) => state.ablation);
  const scale = useWorkspace((state) => state.scale);
  return (
    <>
      <Select<AblationKind>
        label="What takes its place"
        value={ablation}
        options={options}
        onChange={(next) => workspace.set({ ablation: next })}
      />
      {ablation === 'scale' && (
        <span className="sweeps-field">
          times
          <NumberInput
            aria-label="Factor"
            value={scale}
            min={-100}
            max={100}
            onChange={(next) => workspace.set({ scale: next })}
          />
        </span>
      )}
    </>
  );
}
