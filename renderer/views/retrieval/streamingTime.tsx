/** How long a job would take: told by the last one of its kind on this model, else by a trial of its smallest part. */
import type { ReactElement } from 'react';
import { useIsResident } from '../../api/hooks.ts';
import { useRecord } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { timeWords } from '../ablate/sweepsWords.ts';
import { useBusy } from '../prune/useBusy.ts';
import { useCallRuns } from './callRuns.ts';
import type { StreamingCall, StreamingJob } from './streamingJobs.ts';
import { tokensOf } from './streamingJobs.ts';
import { useTrial } from './useTrial.ts';

interface StreamingTimeProps {
  readonly job: StreamingJob;
  readonly context: number;
}

export function StreamingTime({ job, context }: StreamingTimeProps): ReactElement {
  const isBusy = useBusy();
  const isResident = useIsResident();
  const before = useLastPace(job.call, context);
  const { state, take } = useTrial(job, context);
  const pace = state.kind === 'taken' ? state.pace : before;
  if (pace !== null) return <p className="retrieval-quiet">{timeWords(pace * (tokensOf(job, context) ?? NaN))}</p>;
  if (!isResident) return <p className="retrieval-quiet">It starts once the model is in memory.</p>;
  const isTaking = state.kind === 'taking';
  return (
    <span className="retrieval-line">
      <Button disabled={isBusy || isTaking} onClick={take} title="Runs the smallest part of it">
        {isTaking ? 'Taking the time' : 'How long?'}
      </Button>
      {state.kind === 'failed' && <span className="retrieval-problem">{state.error.message}</span>}
    </span>
  );
}

/** Seconds a token of the newest run that is done; null without one. */
function useLastPace(call: StreamingCall, context: number): number | null {
  const { list } = useCallRuns(call);
  const last = list.find(({ state }) => state === 'done') ?? null;
  const record = useRecord(last?.id ?? null).data?.record;
  const tokens = record === undefined ? null : tokensOf(record.job, context);
  return last === null || tokens === null || tokens === 0 ? null : last.seconds / tokens;
}
