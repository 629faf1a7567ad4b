/** How far the run behind the matrix is: said at the right while it goes on, in a line of its own where it ended early. */
import type { ReactElement } from 'react';
import { useCallback } from 'react';
import type { RunState, RunSummary } from '../../../engine/results/runs.ts';
import { useRun } from '../../api/hooks.ts';
import { steerJob } from '../../api/jobs.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { PartialNote } from '../../parts/states.tsx';
import { knownCells } from './matrixFeed.ts';
import type { Shown } from './shown.ts';
import { useOfNumbers } from './shown.ts';

const coming: Readonly<Record<RunState, string | null>> = {
  queued: 'queued',
  waiting: 'waits for its model',
  running: 'measuring',
  paused: 'paused',
  done: null,
  cancelled: null,
  failed: null,
  interrupted: null,
};

/** `measuring: 120 of 270 heads`; nothing once all is known. */
export function Coming({ shown }: { readonly shown: Shown }): ReactElement | null {
  const summary = useRunSummary(shown.measure);
  const known = useKnown(shown);
  const of = shown.cells.unit === 'head' ? 'heads' : 'KV groups';
  const word = summary === null ? null : coming[summary.state];
  if (known >= shown.cells.count || shown.measure === null) return null;
  if (word === null) return <PartialNote known={known} total={shown.cells.count} of={of} />;
  return <span className="heads-quiet">{`${word}: ${known} of ${shown.cells.count} ${of}`}</span>;
}

/** Few prompts make wide intervals. */
const FEW = 30;

export function FewPrompts({ measure }: { readonly measure: HeadMeasure | null }): ReactElement | null {
  if (measure === null || measure.samples === '' || measure.n >= FEW) return null;
  return (
    <span className="state-partial" title={`Fewer than ${FEW} ${measure.samples}: intervals and ranks are rough.`}>
      {`n = ${measure.n}`}
    </span>
  );
}

/** Of a run that ended before all was known. */
export function RunStrip({ measure }: { readonly measure: HeadMeasure | null }): ReactElement | null {
  const workbench = useWorkbench();
  const summary = useRunSummary(measure);
  const text = summary === null ? null : endingOf(summary);
  if (summary === null || text === null) return null;
  const goOn = () => steerJob(workbench, summary.id, 'resume');
  return (
    <div className="heads-strip" role="status">
      <span>{text}</span>
      <Button onClick={goOn}>Go on</Button>
    </div>
  );
}

function endingOf({ state, error }: RunSummary): string | null {
  switch (state) {
    case 'cancelled':
      return 'Cancelled: what had come stays, the rest is unknown.';
    case 'interrupted':
      return 'Interrupted: the engine ended while this ran. What had come stays.';
    case 'failed':
      return `Failed: ${error?.message ?? 'for a reason that the run does not state'}`;
    default:
      return null;
  }
}

/** Of the run behind a measure. Its numbers render this as often as they come: keep what uses it small. */
function useRunSummary(measure: HeadMeasure | null): RunSummary | null {
  return useRun(measure === null || measure.call === 'imported' ? null : measure.run)?.summary ?? null;
}

function useKnown({ measure, feed }: Shown): number {
  return useOfNumbers(
    measure,
    useCallback(() => knownCells(feed), [feed]),
  );
}
