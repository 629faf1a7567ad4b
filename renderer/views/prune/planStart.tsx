/** How many points the curve has and how long that takes, by how long the slider's last point took. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { startJob } from '../../api/jobs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { criterionTitle } from './criteriaList.ts';
import { curvePoints } from './planOrder.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import { unitWords } from './pruneUnits.ts';
import type { Scene } from './scene.ts';

export function PlanStart({ prepared }: { readonly prepared: Scene | string }): ReactElement {
  const start = useStart(prepared);
  useShortcut('run', start);
  return (
    <div className="prune-start">
      {typeof prepared === 'string' ? <p className="sweeps-problem">{prepared}</p> : <CurveSize scene={prepared} />}
      <Button look="primary" icon="runs" disabled={start === null} onClick={start ?? undefined} title="Ctrl Enter">
        Measure the curve
      </Button>
    </div>
  );
}

function CurveSize({ scene: { unit, order } }: { readonly scene: Scene }): ReactElement {
  const draws = usePrune((settings) => settings.draws);
  const points = curvePoints(order.length).length;
  return (
    <p className="sweeps-quiet">
      {`${formatNumber(points)} points up to ${formatNumber(order.length)} ${unitWords(unit)}, each beside ${draws} random plans: ${formatNumber(points * (draws + 1))} measurements like the slider’s.`}
    </p>
  );
}

function useStart(prepared: Scene | string): (() => void) | null {
  const workbench = useWorkbench();
  const change = useChangePrune();
  const { criterion, draws } = usePrune((settings) => settings);
  if (typeof prepared === 'string') return null;
  const { unit, order } = prepared;
  const title = `${criterionTitle(criterion)}: loss against ${unitWords(unit)} removed`;
  const request = { ...prepared, points: curvePoints(order.length), draws };
  return () =>
    attempt(workbench, async () => {
      change({ curve: await startJob(workbench.client, { call: 'pruneCurve', request }, { title }) });
    });
}
