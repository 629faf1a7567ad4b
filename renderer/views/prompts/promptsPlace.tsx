import type { DragEvent, ReactElement } from 'react';
import './prompts.css';
import { attempt } from '../../api/attempt.ts';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Empty } from '../../parts/states.tsx';
import { exportPrompts } from './exportPrompts.ts';
import { Faces } from './faces.tsx';
import { chooseImport, importFile } from './importFile.ts';
import { OwnEditor } from './ownEditor.tsx';
import { PairList } from './pairList.tsx';
import { useChangePrompts, usePromptsSettings } from './promptsSettings.ts';
import { SetBar } from './setBar.tsx';

export function PromptsPlace(): ReactElement {
  const workbench = useWorkbench();
  const mode = usePromptsSettings((settings) => settings.mode);
  const change = useChangePrompts();
  const hasPrompts = useWorkspace(({ prompts }) => prompts !== null);
  return (
    <Panel
      title="Prompts"
      className="prompts"
      controls={
        <Segments
          label="What is looked at"
          value={mode}
          options={[
            { value: 'set', title: 'Prompt set' },
            { value: 'own', title: 'Own text' },
          ]}
          onChange={(next) => change({ mode: next })}
        />
      }
      aside={<Button onClick={() => chooseImport(workbench)}>Import</Button>}
      actions={[
        {
          title: 'Save prompts as JSONL',
          icon: 'download',
          disabled: !hasPrompts,
          begins: true,
          onChoose: () => attempt(workbench, () => exportPrompts(workbench)),
        },
      ]}
    >
      <Body mode={mode} />
    </Panel>
  );
}

function Body({ mode }: { readonly mode: 'set' | 'own' }): ReactElement {
  const workbench = useWorkbench();
  const hasModel = useWorkspace(({ model }) => model !== null);
  const isResident = useIsResident();
  if (!hasModel || !isResident)
    return (
      <Empty
        title={hasModel ? 'The model is not in memory' : 'No model is open'}
        action={<Button onClick={() => workbench.workspace.goTo('models')}>Choose a model</Button>}
      >
        Prompts are shown as the tokens of the open model.
      </Empty>
    );
  const drop = (event: DragEvent) => {
    const file = event.dataTransfer.files[0];
    if (file === undefined || !isPromptFile(file.name)) return;
    event.preventDefault();
    event.stopPropagation();
    attempt(workbench, () => importFile(workbench, file));
  };
  return (
    <div className="prompts-body" data-mode={mode} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <div className="prompts-upper">
        {mode === 'set' ? (
          <>
            <SetBar />
            <PairList />
          </>
        ) : (
          <OwnEditor />
        )}
      </div>
      <div className="prompts-lower">
        <Faces />
      </div>
    </div>
  );
}

/** Files that say how the window is looked at end in .json too. */
function isPromptFile(name: string): boolean {
  return /\.(jsonl|json|csv)$/i.test(name) && !name.endsWith('.view.json');
}
