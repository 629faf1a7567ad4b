/** Which prompt is looked at: one of the chosen ones, or a text that is typed here. */
import type { ReactElement } from 'react';
import { useModelInfo, useWorkspace } from '../../api/hooks.ts';
import { usePrompts } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { IconButton } from '../../parts/button.tsx';
import { TextInput } from '../../parts/input.tsx';
import { Segments } from '../../parts/segments.tsx';
import type { SettingsInUse } from './useSettings.ts';

export function PromptPicker({ settings, change }: SettingsInUse): ReactElement {
  return (
    <div className="attention-prompt">
      <Segments
        label="Prompt"
        value={settings.source}
        options={[
          { value: 'prompts', title: 'Prompts' },
          { value: 'text', title: 'Own text' },
        ]}
        onChange={(source) => change({ source })}
      />
      {settings.source === 'prompts' ? <PromptSteps /> : <OwnText settings={settings} change={change} />}
    </div>
  );
}

function OwnText({ settings, change }: SettingsInUse): ReactElement {
  const isIds = useModelInfo()?.tokenizer.kind === 'absent';
  return (
    <TextInput
      className="attention-text"
      aria-label={isIds ? 'Token ids' : 'Text'}
      placeholder={isIds ? 'Token ids: 5 17 5 17' : 'Type a text'}
      value={settings.text}
      onChange={(text) => change({ text })}
    />
  );
}

function PromptSteps(): ReactElement | null {
  const { workspace } = useWorkbench();
  const index = useWorkspace((state) => state.promptIndex);
  const total = usePromptCount();
  if (total === null) return null;
  const go = (to: number) => workspace.set({ promptIndex: Math.min(total - 1, Math.max(0, to)) });
  return (
    <div className="attention-stepper">
      <IconButton icon="left" label="Prompt before" disabled={index <= 0} onClick={() => go(index - 1)} />
      <span className="attention-count">{`${index + 1} of ${total}`}</span>
      <IconButton icon="right" label="Prompt after" disabled={index >= total - 1} onClick={() => go(index + 1)} />
    </div>
  );
}

/** Null until it is known. */
function usePromptCount(): number | null {
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  const index = useWorkspace((state) => state.promptIndex);
  const asked = model === null || prompts === null ? null : { ...model, prompts, from: index, count: 1 };
  return usePrompts(asked).data?.total ?? null;
}
