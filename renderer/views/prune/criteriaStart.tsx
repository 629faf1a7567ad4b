/** What the run will measure and how long it will take, told by the engine before it starts. */
import type { ReactElement } from 'react';
import type { EventOf, RequestOf } from '../../../engine/results/contract.ts';
import type { ImportanceHeader } from '../../../engine/results/importance.ts';
import { attempt } from '../../api/attempt.ts';
import { useIsResident } from '../../api/hooks.ts';
import { startJob } from '../../api/jobs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useStream } from '../../api/useStream.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatDuration, formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { useRested } from '../prompts/useRested.ts';
import { importanceRequest } from './criteriaRequest.ts';
import type { PruneModel } from './pruneModel.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import { unitWords } from './pruneUnits.ts';
import { useBusy } from './useBusy.ts';

export function CriteriaStart({ model }: { readonly model: PruneModel }): ReactElement {
  const workbench = useWorkbench();
  const change = useChangePrune();
  const request = importanceRequest(
    usePrune((settings) => settings),
    model,
  );
  const start = () =>
    attempt(workbench, async () => {
      if (request !== null) change({ run: await startJob(workbench.client, { call: 'importance', request }) });
    });
  useShortcut('run', request === null ? null : start);
  return (
    <div className="prune-start">
      {request === null ? <p className="sweeps-problem">Choose a criterion.</p> : <Estimate request={request} />}
      <Button look="primary" icon="runs" disabled={request === null} onClick={start} title="Ctrl Enter">
        Start
      </Button>
    </div>
  );
}

function Estimate({ request }: { readonly request: RequestOf<'importance'> }): ReactElement {
  const isResident = useIsResident();
  const isBusy = useBusy();
  const rested = useRested(request);
  const asks = isResident && !isBusy;
  const asked = useStream('importance', asks ? { ...rested, estimateOnly: true } : null, headerIn, null);
  if (!isResident) return <p className="sweeps-quiet">The time is told once the model is in memory.</p>;
  if (isBusy) return <p className="sweeps-quiet">The time is told when nothing else runs.</p>;
  if (asked.error !== null) return <p className="sweeps-problem">{asked.error.message}</p>;
  if (asked.value === null || asked.stale) return <p className="sweeps-quiet">Estimating the time</p>;
  return <EstimateWords header={asked.value} />;
}

function headerIn(value: ImportanceHeader | null, event: EventOf<'importance'>): ImportanceHeader | null {
  return event.kind === 'start' ? event.header : value;
}

function EstimateWords({ header }: { readonly header: ImportanceHeader }): ReactElement {
  const { calibration, text, estimates, units, unit, samples } = header;
  const all = estimates.reduce((sum, { seconds }) => sum + seconds, 0);
  const parts = estimates.map(({ step, seconds }) => `${step} ${formatDuration(seconds)}`).join(', ');
  return (
    <p className="sweeps-quiet">
      {`${formatNumber(units)} ${unitWords(unit)} on ${formatNumber(calibration.tokens)} tokens (${formatNumber(text.predicted)} predicted), ${samples.list.length} ${samples.unit}s: `}
      <strong title={parts}>{`about ${formatDuration(Math.max(1, all))}`}</strong>
      {estimates.some(({ step }) => step === 'shapley') && ` (${parts})`}
    </p>
  );
}
