/** The plan before it starts: how many runs, how long, and the text of one with its needle marked. */
import type { ReactElement } from 'react';
import type { NeedlePreview, RunSource } from '../../../engine/results/retrieve.ts';
import { attempt } from '../../api/attempt.ts';
import { useWorkspace } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { useNeedlePreview } from '../../api/queries.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatDuration, formatNumber } from '../../marks/format.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import type { NeedlePlan } from './needlePlan.ts';
import { optionsOf } from './needlePlan.ts';
import { retrievalSettings, useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';
import { runWords } from './retrievalWords.ts';

interface NeedlePreviewPanelProps {
  readonly plan: NeedlePlan;
  /** The plan once it has rested: what is asked about. */
  readonly rested: NeedlePlan;
  readonly isResident: boolean;
}

export function NeedlePreviewPanel({ plan, rested, isResident }: NeedlePreviewPanelProps): ReactElement {
  const { preview, seconds, isOld } = usePreview(rested, isResident);
  const start = useStart(plan);
  useShortcut('run', plan.kind === 'ready' ? start : null);
  const runs = preview.data?.runs.length ?? null;
  return (
    <Panel
      title="Prompt"
      controls={<Stepper runs={preview.data?.runs ?? []} />}
      aside={
        <>
          <span className="retrieval-quiet" role="status">
            {plan.kind === 'ready' && runs !== null && !isOld ? sizeWords(runs, seconds) : ''}
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
        </>
      }
    >
      {plan.kind === 'problem' ? (
        <Empty title="Not ready to run">{plan.text}</Empty>
      ) : !isResident ? (
        <Empty title="The model is not in memory">Open it to see the prompts that these settings give.</Empty>
      ) : preview.error !== null ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Loading what="Building the prompts" />
      ) : (
        <PreviewText preview={preview.data} isOld={isOld} />
      )}
    </Panel>
  );
}

/** `32 runs · about 40 s` */
function sizeWords(runs: number, seconds: number | null): string {
  const time = seconds === null ? 'measuring the time' : `about ${formatDuration(Math.max(1, seconds))}`;
  return `${formatNumber(runs)} ${runs === 1 ? 'run' : 'runs'} · ${time}`;
}

function usePreview(plan: NeedlePlan, isResident: boolean) {
  const model = useWorkspace((state) => state.model);
  const { mode, seed, shown } = useRetrieval((settings) => settings);
  const runs: RunSource | null = plan.kind === 'ready' && isResident ? plan.runs : null;
  const asked = runs === null || model === null ? null : { ...model, runs, mode, seed, shown, estimate: false };
  const preview = useNeedlePreview(asked);
  // What it takes is measured once for a plan, whichever of its prompts is shown.
  const timed = useNeedlePreview(asked === null ? null : { ...asked, shown: 0, estimate: true });
  const seconds = timed.isPlaceholderData ? null : (timed.data?.seconds ?? null);
  return { preview, seconds, isOld: preview.isPlaceholderData };
}

function useStart(plan: NeedlePlan): () => void {
  const workbench = useWorkbench();
  const settings = retrievalSettings(workbench);
  return () =>
    attempt(workbench, async () => {
      const { model } = workbench.workspace.store.getState();
      if (plan.kind !== 'ready' || model === null) return;
      const request = { ...model, runs: plan.runs, ...optionsOf(settings.getState()) };
      const run = await startJob(workbench.client, { call: 'retrieve', request });
      settings.setState({ detection: run, face: 'detection' });
    });
}

function Stepper({ runs }: { readonly runs: NeedlePreview['runs'] }): ReactElement | null {
  const shown = useRetrieval((settings) => settings.shown);
  const change = useChangeRetrieval();
  const at = Math.min(shown, runs.length - 1);
  const run = runs[at];
  if (run === undefined) return null;
  return (
    <span className="retrieval-step">
      <IconButton
        icon="left"
        label="Previous prompt"
        disabled={at === 0}
        onClick={() => change({ shown: Math.max(0, at - 1) })}
      />
      <span className="retrieval-quiet">{`${at + 1} of ${runs.length}`}</span>
      <IconButton
        icon="right"
        label="Next prompt"
        disabled={at + 1 >= runs.length}
        onClick={() => change({ shown: at + 1 })}
      />
    </span>
  );
}

/** A region that scrolls is reached by keys. */
const scrolls = { tabIndex: 0 } as const;

interface PreviewTextProps {
  readonly preview: NeedlePreview;
  readonly isOld: boolean;
}

function PreviewText({ preview: { runs, shown, left }, isOld }: PreviewTextProps): ReactElement {
  const at = useRetrieval((settings) => settings.shown);
  const run = runs[Math.min(at, runs.length - 1)];
  const [first] = left;
  return (
    <div className="retrieval-preview" data-old={isOld}>
      {first !== undefined && (
        <p className="retrieval-problem">
          {`${left.length} of the grid left out: ${first.needle} at ${first.length} tokens, ${first.depth} %: ${first.reason}`}
        </p>
      )}
      <p className="retrieval-key">
        {run !== undefined && `${runWords(run)}; `}
        <mark data-part="needle">needle</mark> <mark data-part="answer">answer</mark>{' '}
        <mark data-part="question">question</mark>
      </p>
      {shown === null ? (
        <Empty title="No tokenizer">This model’s prompts are ids only; they run all the same.</Empty>
      ) : (
        <section className="retrieval-prompt" aria-label="Text of the prompt" {...scrolls}>
          {shown.map(({ text, part }, i) =>
            part === 'text' ? (
              <span key={i}>{text}</span>
            ) : (
              <mark key={i} data-part={part}>
                {text}
              </mark>
            ),
          )}
        </section>
      )}
    </div>
  );
}
