/** Which prompts are measured on: a task with its settings, or a file. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { useTasks } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { IconButton } from '../../parts/button.tsx';
import { Select } from '../../parts/select.tsx';
import { ErrorState } from '../../parts/states.tsx';
import type { PromptsChoice } from '../../state/workspace.ts';
import { CanDo } from './canDo.tsx';
import { FileWords } from './fileWords.tsx';
import { useChangePrompts, usePromptsSettings } from './promptsSettings.ts';
import { NumberField } from './numberField.tsx';
import { TaskOptions } from './taskOptions.tsx';

type TaskChoice = Extract<PromptsChoice, { kind: 'task' }>;
type TaskInfo = ResultOf<'tasks'>['tasks'][number];

/** Prompts of a task that is chosen anew. */
const USUAL = 64;
const FILE = 'file';

export function SetBar(): ReactElement {
  const { workspace } = useWorkbench();
  const prompts = useWorkspace((state) => state.prompts);
  const { data, error, refetch } = useTasks();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const tasks = data?.tasks ?? [];
  const choice = prompts?.kind === 'task' ? prompts : null;
  const task = tasks.find(({ id }) => id === choice?.task) ?? null;
  const choose = (id: string) => {
    if (id === FILE) return;
    const { n, seed } = choice ?? { n: USUAL, seed: 0 };
    workspace.set({ prompts: { kind: 'task', task: id, n, seed } });
  };
  return (
    <div className="prompts-bar">
      <div className="prompts-controls">
        <Select
          label="Task"
          value={prompts?.kind === 'file' ? FILE : (choice?.task ?? null)}
          placeholder="Choose a task"
          options={[
            ...(prompts?.kind === 'file' ? [{ value: FILE, title: prompts.file.name, group: 'File' }] : []),
            ...tasks.map(({ id, title }) => ({ value: id, title, group: 'Tasks' })),
          ]}
          onChange={choose}
        />
        {choice !== null && <TaskNumbers choice={choice} task={task} />}
        {prompts?.kind === 'file' ? <FileWords /> : <CanDo />}
      </div>
      {task !== null && (
        <p className="prompts-about" title={task.about}>
          {task.about}
        </p>
      )}
      <ImportNotes />
    </div>
  );
}

function TaskNumbers({ choice, task }: { readonly choice: TaskChoice; readonly task: TaskInfo | null }): ReactElement {
  const { workspace } = useWorkbench();
  const change = (values: Partial<TaskChoice>) => workspace.set({ prompts: { ...choice, ...values } });
  return (
    <>
      <NumberField label="n" value={choice.n} min={1} max={100_000} whole onChange={(n) => change({ n })} />
      <NumberField label="seed" value={choice.seed} min={0} max={2 ** 31} whole onChange={(seed) => change({ seed })} />
      {task !== null && Object.keys(task.options).length > 0 && (
        <TaskOptions options={task.options} given={choice.options ?? {}} onChange={(options) => change({ options })} />
      )}
    </>
  );
}

/** What the file that was read last says of itself, until it is put away. */
function ImportNotes(): ReactElement | null {
  const imported = usePromptsSettings((settings) => settings.imported);
  const change = useChangePrompts();
  const prompts = useWorkspace((state) => state.prompts);
  if (imported === null || prompts?.kind !== 'file' || prompts.file.name !== imported.file.name) return null;
  const formats = { jsonl: 'JSON Lines', csv: 'CSV', autocircuit: 'AutoCircuit JSON' };
  return (
    <div className="prompts-notes" role="status">
      <span>{`${imported.rows} ${imported.rows === 1 ? 'prompt' : 'prompts'} read as ${formats[imported.format]}.`}</span>
      {imported.notes.map((note) => (
        <span key={note} className="prompts-warn">
          {note}
        </span>
      ))}
      <IconButton icon="close" label="Put the notes away" onClick={() => change({ imported: null })} />
    </div>
  );
}
