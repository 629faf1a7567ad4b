/** On which prompts, how many units, how long: and the button that starts it. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useIsResident, useSelection, useWorkspace } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { usePrompts } from '../../api/queries.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { Button } from '../../parts/button.tsx';
import type { WorkspaceState } from '../../state/workspace.ts';
import { measuredOn } from '../../state/workspace.ts';
import { estimateSeconds } from './sweepsEstimate.ts';
import type { SweepPlan } from './sweepsPlan.ts';
import { planSweep } from './sweepsPlan.ts';
import { useSweepsRunList } from './sweepsRunList.ts';
import { useSavedSets } from './sweepsSavedSets.ts';
import type { SweepKind } from './sweepsSettings.ts';
import { sweepsSettings, useSweeps } from './sweepsSettings.ts';
import { promptsWords, timeWords, unitWords } from './sweepsWords.ts';

export function SweepsStart({ heads }: { readonly heads: HeadShape }): ReactElement | null {
  const kind = useSweeps((settings) => settings.kind);
  const prompts = useWorkspace((state) => state.prompts);
  const plan = usePlan(heads);
  const seconds = useSeconds(kind, plan);
  const start = useStart(kind, plan);
  useShortcut('run', plan?.kind === 'ready' ? start : null);
  if (plan === null || prompts === null) return null;
  const size = plan.kind === 'ready' ? `${formatNumber(plan.units)} ${unitWords[kind]} · ${timeWords(seconds)}` : null;
  return (
    <div className="sweeps-start">
      <span className="sweeps-quiet">{promptsWords(prompts)}</span>
      {plan.kind === 'ready' ? (
        <span className="sweeps-quiet">{size}</span>
      ) : (
        <span className="sweeps-problem">{plan.text}</span>
      )}
      <Button look="primary" icon="runs" disabled={plan.kind === 'problem'} onClick={start} title="Ctrl Enter">
        Start
      </Button>
    </div>
  );
}

function usePlan(shape: HeadShape): SweepPlan | null {
  const settings = useSweeps((state) => state);
  const state = useWorkspace((workspace) => workspace);
  const set = useSelection((selection) => selection.set);
  const saved = useSavedSets();
  const on = measuredOn(state);
  if (on === null) return null;
  const { ablation, scale } = state;
  return planSweep(settings, { shape, on, ablation, scale, set, saved: saved.map(({ heads }) => heads) });
}

/** By the newest run of this kind, else by that of any sweep: both measure so many units on so many prompts. */
function useSeconds(kind: SweepKind, plan: SweepPlan | null): number | null {
  const { list, all } = useSweepsRunList(kind);
  const n = usePromptCount();
  const units = plan?.kind === 'ready' ? plan.units : null;
  return estimateSeconds(
    units,
    n,
    [...list, ...all].map(({ run }) => run),
  );
}

/** Prompts of a file are counted by the engine, once the model is in memory. */
function usePromptCount(): number | null {
  const model = useWorkspace((state: WorkspaceState) => state.model);
  const prompts = useWorkspace((state: WorkspaceState) => state.prompts);
  const isResident = useIsResident();
  const asks = prompts?.kind === 'file' && model !== null && isResident;
  const { data, isPlaceholderData } = usePrompts(asks ? { ...model, prompts, from: 0, count: 1 } : null);
  if (prompts?.kind === 'task') return prompts.n;
  return asks && !isPlaceholderData ? (data?.total ?? null) : null;
}

function useStart(kind: SweepKind, plan: SweepPlan | null): () => void {
  const workbench = useWorkbench();
  const settings = sweepsSettings(workbench);
  return () =>
    attempt(workbench, async () => {
      if (plan?.kind !== 'ready') return;
      const run = await startJob(workbench.client, plan.job);
      settings.setState(({ runs }) => ({ runs: { ...runs, [kind]: run } }));
    });
}
