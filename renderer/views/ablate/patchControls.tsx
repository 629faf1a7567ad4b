/** What is patched, in which direction, on how many prompts; and the button that starts it. */
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
import { NumberInput } from '../../parts/input.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Select } from '../../parts/select.tsx';
import { headName } from '../../state/headNames.ts';
import { measuredOn } from '../../state/workspace.ts';
import type { PatchPlan } from './patchPlan.ts';
import { planPatch } from './patchPlan.ts';
import { usePatchRuns } from './patchRuns.ts';
import type { PatchChoice, PatchDirection } from './patchSettings.ts';
import { patchSettings, useChangePatch, usePatch } from './patchSettings.ts';
import { directionTitles, targetTitles } from './patchWords.ts';
import { estimateSeconds } from './sweepsEstimate.ts';
import { promptsWords, timeWords } from './sweepsWords.ts';

const directions = (Object.keys(directionTitles) as PatchDirection[]).map((value) => ({
  value,
  title: directionTitles[value],
}));

export function PatchControls({ heads }: { readonly heads: HeadShape }): ReactElement {
  const { target, direction } = usePatch((settings) => settings);
  const change = useChangePatch();
  return (
    <div className="sweeps-controls">
      <Select<PatchChoice>
        label="What is patched"
        value={target}
        options={useTargets()}
        onChange={(next) => change({ target: next })}
      />
      <Segments
        label="Direction"
        value={direction}
        options={directions}
        onChange={(next) => change({ direction: next })}
      />
      <PromptCount />
      <PatchStart heads={heads} />
    </div>
  );
}

function useTargets() {
  const primary = useSelection((state) => state.primary);
  const choices = Object.keys(targetTitles) as PatchChoice[];
  return choices.map((value) => ({
    value,
    title: value === 'headPositions' && primary !== null ? `primary head, ${headName(primary)}` : targetTitles[value],
    detail: value === 'heads' ? 'layer by head' : value === 'headPositions' ? 'by position' : 'layer by position',
    group: value === 'heads' || value === 'headPositions' ? 'Heads' : 'Streams',
  }));
}

/** Of a task its first n prompts; a file is taken whole. */
function PromptCount(): ReactElement | null {
  const prompts = useWorkspace((state) => state.prompts);
  const n = usePatch((settings) => settings.n);
  const change = useChangePatch();
  if (prompts === null) return null;
  if (prompts.kind === 'file') return <span className="sweeps-quiet">{`${promptsWords(prompts)}, all prompts`}</span>;
  return (
    <span
      className="sweeps-field"
      title="Prompts of unequal length are aligned from their end; tokens are named where all prompts agree."
    >
      {`${prompts.task}, first`}
      <NumberInput
        aria-label="Prompts"
        whole
        min={1}
        max={prompts.n}
        value={Math.min(n ?? prompts.n, prompts.n)}
        onChange={(next) => change({ n: next })}
      />
      {`of ${prompts.n}`}
    </span>
  );
}

function PatchStart({ heads }: { readonly heads: HeadShape }): ReactElement | null {
  const plan = usePlan(heads);
  const seconds = useSeconds(plan);
  const start = useStart(plan);
  useShortcut('run', plan?.kind === 'ready' ? start : null);
  if (plan === null) return null;
  return (
    <div className="sweeps-start">
      {plan.kind === 'problem' ? (
        <span className="sweeps-problem">{plan.text}</span>
      ) : (
        <span className="sweeps-quiet">{sizeWords(plan.units, seconds)}</span>
      )}
      <Button look="primary" icon="runs" disabled={plan.kind === 'problem'} onClick={start} title="Ctrl Enter">
        Start
      </Button>
    </div>
  );
}

function sizeWords(units: number | null, seconds: number | null): string {
  const cells = units === null ? [] : [`${formatNumber(units)} cells`];
  return [...cells, timeWords(seconds)].join(' · ');
}

function usePlan(shape: HeadShape): PatchPlan | null {
  const settings = usePatch((state) => state);
  const state = useWorkspace((workspace) => workspace);
  const primary = useSelection((selection) => selection.primary);
  const on = measuredOn(state);
  const isResident = useIsResident();
  const { data, isPlaceholderData } = usePrompts(
    isResident && state.model !== null && state.prompts !== null
      ? { ...state.model, prompts: state.prompts, from: 0, count: 1 }
      : null,
  );
  if (on === null) return null;
  const known = isPlaceholderData || !isResident ? undefined : data;
  return planPatch(settings, {
    ...{ shape, on, primary },
    length: known?.pairs[0]?.clean.length ?? null,
    counted: known?.total ?? null,
  });
}

function useSeconds(plan: PatchPlan | null): number | null {
  const { list } = usePatchRuns();
  return plan?.kind === 'ready' ? estimateSeconds(plan.units, plan.n, list) : null;
}

function useStart(plan: PatchPlan | null): () => void {
  const workbench = useWorkbench();
  return () =>
    attempt(workbench, async () => {
      if (plan?.kind !== 'ready') return;
      patchSettings(workbench).setState({ run: await startJob(workbench.client, plan.job) });
    });
}
