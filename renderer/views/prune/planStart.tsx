/** What a plan and a curve measure and how long that takes, before they start. */
import type { ReactElement } from 'react';
import { attempt } from '../../api/attempt.ts';
import { startJob } from '../../api/jobs.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { formatDuration, formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { criterionTitle } from './criteriaList.ts';
import { useMeasurementTime } from './measurementTime.ts';
import { budgetOf, planMeasurements } from './planBudget.ts';
import { curvePoints } from './planOrder.ts';
import { planRequest } from './planRequests.ts';
import type { PruneModel } from './pruneModel.ts';
import { measuredCosts, useChangePrune, usePrune } from './pruneSettings.ts';
import { unitWords } from './pruneUnits.ts';
import type { Prepared } from './scene.ts';
import type { ShownScene } from './useScene.ts';

interface PlanStartProps {
  readonly model: PruneModel;
  readonly shown: ShownScene;
}

export function PlanStart({ model, shown }: PlanStartProps): ReactElement {
  const { prepared } = shown;
  const makePlan = useMakePlan(model, prepared);
  const measureCurve = useMeasureCurve(shown);
  useShortcut('run', makePlan);
  return (
    <div className="prune-start">
      {typeof prepared === 'string' ? (
        <p className="sweeps-problem">{prepared}</p>
      ) : (
        <Efforts {...{ model, prepared, shown }} />
      )}
      <div className="prune-pair">
        <Button
          look="primary"
          icon="runs"
          disabled={makePlan === null}
          onClick={makePlan ?? undefined}
          title="Ctrl Enter"
        >
          Make the plan
        </Button>
        <Button
          disabled={measureCurve === null}
          onClick={measureCurve ?? undefined}
          title="Loss, KL and task against how much of the plan shown is gone"
        >
          Measure the curve
        </Button>
      </div>
    </div>
  );
}

function Efforts({ model, prepared, shown }: PlanStartProps & { readonly prepared: Prepared }): ReactElement {
  const { budget, amounts, draws } = usePrune((settings) => settings);
  const time = useMeasurementTime(prepared.on);
  const plan = planMeasurements({
    ...{ shape: model.shape, unit: prepared.on.unit, budget: budgetOf({ budget, amounts }, model.shape) },
    ...{ basis: prepared.basis, candidates: prepared.candidates, draws },
  });
  const order = curveScene(shown)?.order ?? null;
  const curve = order === null ? null : curvePoints(order.length).length * (draws + 1);
  const words = (measurements: number) =>
    `${formatNumber(measurements)} measurements${time.kind === 'known' ? `, ${formatDuration(Math.max(1, measurements * time.seconds))}` : ''}`;
  return (
    <p className="sweeps-quiet">
      {`Plan: at most ${words(plan)}, ${draws} random plans among them.`}
      {curve !== null && ` Curve: ${words(curve)}.`}
      {time.kind === 'unknown' && ` ${time.words}`}
    </p>
  );
}

/** What is shown, else what the settings prepare. */
function curveScene({ scene, prepared }: ShownScene) {
  return scene ?? (typeof prepared === 'string' ? null : prepared.scene);
}

function useMakePlan({ shape }: PruneModel, prepared: Prepared | string): (() => void) | null {
  const workbench = useWorkbench();
  const change = useChangePrune();
  const { criterion, draws, budget, amounts } = usePrune((settings) => settings);
  if (typeof prepared === 'string') return null;
  const { unit } = prepared.on;
  const request = planRequest(prepared, budgetOf({ budget, amounts }, shape), draws);
  const by = criterion === measuredCosts ? lossMeasured : criterionTitle(criterion);
  const title = `Plan of ${unitWords(unit)}: ${by}`;
  // The slider goes to the end of whatever comes of it.
  const end = shape.layers * shape.heads;
  return () =>
    attempt(workbench, async () => {
      const run = await startJob(workbench.client, { call: 'prunePlan', request }, { title });
      change({ curve: run, position: end, rested: end });
    });
}

/** Of the plan that is shown. */
function useMeasureCurve(shown: ShownScene): (() => void) | null {
  const workbench = useWorkbench();
  const change = useChangePrune();
  const draws = usePrune((settings) => settings.draws);
  const scene = curveScene(shown);
  if (scene === null) return null;
  const { unit, order } = scene;
  const basis = shown.basis === null ? {} : { basis: shown.basis };
  const request = { ...scene, ...basis, points: curvePoints(order.length), draws };
  const title = `Loss against ${unitWords(unit)} removed: ${basisTitle(shown)}`;
  return () =>
    attempt(workbench, async () => {
      change({ curve: await startJob(workbench.client, { call: 'pruneCurve', request }, { title }) });
    });
}

const lossMeasured = 'loss measured for it';

function basisTitle({ basis }: ShownScene): string {
  return basis?.costs === undefined ? lossMeasured : criterionTitle(basis.costs.name.replace(/^importance\./, ''));
}
