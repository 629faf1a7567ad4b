/** The next run as the settings say it: its methods, what is in the way, and the way to start it. */
import { attempt } from '../../api/attempt.ts';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import { promptsName, startJob } from '../../api/jobs.ts';
import { useCircuitMethods, usePrompts } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { MeasuredOn } from '../../state/workspace.ts';
import { measuredOn } from '../../state/workspace.ts';
import type { PromptFacts } from './benchRequest.ts';
import { chosenMethods, circuitRequest } from './benchRequest.ts';
import { nothingByHand } from './circuitChoice.ts';
import type { CircuitsSettings } from './circuitsSettings.ts';
import { useChangeCircuits, useCircuits } from './circuitsSettings.ts';
import type { MethodInfo } from './methodLooks.ts';

export interface Bench {
  /** All there are, and those that would run. */
  readonly known: readonly MethodInfo[];
  readonly chosen: readonly MethodInfo[];
  readonly prompts: PromptFacts | null;
  readonly isLoading: boolean;
  readonly error: Error | null;
  /** Why nothing can be started. */
  readonly problem: string | null;
  /** Starts what the settings say, or these instead. */
  readonly start: (settings?: CircuitsSettings) => void;
}

const none: readonly MethodInfo[] = [];

export function useBench(): Bench {
  const workbench = useWorkbench();
  const settings = useCircuits((state) => state);
  const change = useChangeCircuits();
  const on = useMeasuredOn();
  const prompts = usePromptFacts(on);
  const { data, error } = useCircuitMethods();
  const known = data?.methods ?? none;
  const chosen = chosenMethods(known, settings, prompts);
  const start = (asked: CircuitsSettings = settings) =>
    attempt(workbench, async () => {
      if (on === null) return;
      const request = circuitRequest(asked, chosenMethods(known, asked, prompts), prompts, on);
      const title = `Circuit bench: ${request.methods.length} methods, ${promptsName(on.prompts)}`;
      const run = await startJob(workbench.client, { call: 'circuit', request }, { title });
      change({ run, face: 'compare', k: null, hand: nothingByHand });
    });
  const isLoading = data === undefined && error === null;
  return { known, chosen, prompts, isLoading, error, problem: problemOf(on, isLoading, chosen), start };
}

function problemOf(on: MeasuredOn | null, isLoading: boolean, chosen: readonly MethodInfo[]): string | null {
  if (on === null) return 'No prompts are chosen to measure on.';
  if (isLoading) return 'Reading which methods there are.';
  return chosen.length === 0 ? 'Choose a method that can run on these prompts.' : null;
}

function useMeasuredOn(): MeasuredOn | null {
  return measuredOn(useWorkspace((state) => state));
}

/** Known once the model is in memory: what can be said depends on its tokenizer. */
function usePromptFacts(on: MeasuredOn | null): PromptFacts | null {
  const isResident = useIsResident();
  const { data, isPlaceholderData } = usePrompts(
    on === null || !isResident ? null : { ...modelOf(on), prompts: on.prompts, from: 0, count: 1 },
  );
  return data === undefined || isPlaceholderData ? null : data;
}

function modelOf({ model, weights }: MeasuredOn): Pick<MeasuredOn, 'model' | 'weights'> {
  return weights === undefined ? { model } : { model, weights };
}
