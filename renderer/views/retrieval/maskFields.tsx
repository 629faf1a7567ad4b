/** Which heads are masked, how, and what is asked then. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { useIsResident, useRun, useWorkspace } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { useRecord, useRuns } from '../../api/queries.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { NumberInput, TextInput } from '../../parts/input.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Select } from '../../parts/select.tsx';
import { Switch } from '../../parts/switch.tsx';
import { useRunsOnModel } from '../ablate/sweepsRunList.ts';
import { timeWords } from '../ablate/sweepsWords.ts';
import { isDetection } from './isDetection.ts';
import { maskSeconds } from './maskSeconds.ts';
import type { MaskPlan } from './maskPlan.ts';
import { planMasks } from './maskPlan.ts';
import { rankedHeads } from './rankedHeads.ts';
import { useMasking, useRetrieval } from './retrievalSettings.ts';

const masks = [
  { value: 'uniform', title: 'Uniform attention', detail: 'as Wu et al.' },
  { value: 'zero', title: 'Zero', detail: 'z is 0' },
  { value: 'meanQuery', title: 'Mean query', detail: 'over plain text' },
  { value: 'stream', title: 'Streaming', detail: 'sinks and a window' },
] as const;
const scopes = [
  { value: 'decode', title: 'While decoding' },
  { value: 'all', title: 'Everywhere' },
] as const;
const modes = [
  { value: 'forced', title: 'Answer is given' },
  { value: 'generate', title: 'Model answers' },
] as const;

export function MaskFields({ context }: { readonly context: number }): ReactElement {
  const [settings, change] = useMasking();
  const { plan, words } = usePlan(context);
  const start = useStart(plan);
  const isResident = useIsResident();
  useShortcut('run', plan.kind === 'ready' && isResident ? start : null);
  return (
    <div className="sweeps-controls">
      <Select label="Mask" value={settings.mask} options={masks} onChange={(mask) => change({ mask })} />
      {settings.mask === 'stream' && (
        <>
          <Number label="sinks" value={settings.sinks} min={0} onChange={(sinks) => change({ sinks })} />
          <Number label="window" value={settings.recent} min={1} onChange={(recent) => change({ recent })} />
        </>
      )}
      <Segments label="Where" value={settings.scope} options={scopes} onChange={(scope) => change({ scope })} />
      <Segments label="Mode" value={settings.mode} options={modes} onChange={(mode) => change({ mode })} />
      <span className="sweeps-field">
        k
        <TextInput
          className="retrieval-ks"
          aria-label="Numbers of masked heads"
          value={settings.ks}
          onChange={(ks) => change({ ks })}
        />
      </span>
      <Number label="random sets" value={settings.draws} min={0} onChange={(draws) => change({ draws })} />
      <Number label="plain texts" value={settings.windows} min={0} onChange={(windows) => change({ windows })} />
      <Switch label="Steps beside" isOn={settings.steps} onChange={(steps) => change({ steps })} />
      <div className="sweeps-start">
        <span className={plan.kind === 'ready' ? 'sweeps-quiet' : 'sweeps-problem'}>
          {plan.kind === 'ready' ? words : plan.text}
        </span>
        <Button
          look="primary"
          icon="runs"
          disabled={plan.kind === 'problem' || !isResident}
          onClick={start}
          title="Ctrl Enter"
        >
          Start
        </Button>
      </div>
    </div>
  );
}

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly onChange: (value: number) => void;
}

function Number({ label, value, min, onChange }: NumberProps): ReactElement {
  return (
    <span className="sweeps-field">
      {label}
      <NumberInput whole aria-label={label} min={min} max={1000} value={value} onChange={onChange} />
    </span>
  );
}

/** By the ranking of the detection that is looked at, on its needles. */
function usePlan(context: number): { readonly plan: MaskPlan; readonly words: string } {
  const [settings] = useMasking();
  const score = useRetrieval((all) => all.score);
  const chosen = useRetrieval((all) => all.detection);
  const { data } = useRuns();
  const runs = useRunsOnModel(data?.runs, isDetection);
  const run = chosen ?? runs[0]?.id ?? null;
  const table = useRun(run)?.table;
  const job = useRecord(run).data?.record.job;
  if (table?.kind !== 'retrieve' || job?.call !== 'retrieve') {
    return { plan: { kind: 'problem', text: 'Detect first: heads are masked by their rank there.' }, words: '' };
  }
  const by = table.scores.has(score) ? score : 'legacy';
  const ranking = rankedHeads(table, by).map(({ layer, head }) => ({ layer, head }));
  const plan = planMasks(settings, { detection: job.request, ranking, context });
  const arms = plan.kind === 'ready' ? plan.arms : 0;
  const needles = table.header.runs.length * (settings.steps ? 2 : 1);
  return {
    plan,
    words: `${arms} sets by ${by} · ${needles} needles · ${timeWords(maskSeconds(table, settings, arms))}`,
  };
}

function useStart(plan: MaskPlan): () => void {
  const workbench = useWorkbench();
  const [, change] = useMasking();
  const model = useWorkspace((state) => state.model);
  return () =>
    attempt(workbench, async () => {
      if (plan.kind !== 'ready' || model === null) return;
      change({ run: await startJob(workbench.client, { call: 'maskCurve', request: plan.request }) });
    });
}
