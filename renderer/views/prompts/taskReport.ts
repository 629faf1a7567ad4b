/** What the model does on the chosen task, asked once for all who look at it. */
import { createContext, useContext } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { Progress } from '../../../engine/results/records.ts';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import type { Streamed } from '../../api/useStream.ts';
import { useStream } from '../../api/useStream.ts';
import type { PromptsChoice } from '../../state/workspace.ts';

type TaskReport = Streamed<Progress | null, ResultOf<'task'>>;

/** Prompts of which the model's answer is shown. */
const SHOWN = 1000;

export function useAskTaskReport(): TaskReport {
  const model = useWorkspace((state) => state.model);
  const prompts = useWorkspace((state) => state.prompts);
  const isResident = useIsResident();
  const isAsked = isResident && model !== null && prompts?.kind === 'task';
  const request = isAsked ? { ...model, ...taskOf(prompts), show: SHOWN } : null;
  return useStream('task', request, (_: Progress | null, event) => event, null);
}

type TaskChoice = Extract<PromptsChoice, { kind: 'task' }>;

function taskOf(choice: TaskChoice): Omit<TaskChoice, 'kind'> {
  const { kind: _, ...task } = choice;
  return task;
}

export const TaskReportContext = createContext<TaskReport | null>(null);

export function useTaskReport(): TaskReport {
  const report = useContext(TaskReportContext);
  if (report === null) throw new Error('useTaskReport: outside of the prompt set');
  return report;
}
