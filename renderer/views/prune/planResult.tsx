/** Curves, slider, what is gone at its place, and what the model writes then. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { Panel } from '../../parts/panel.tsx';
import { useRunExports } from '../ablate/sweepsExports.ts';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { curveCsv } from './curveCsv.ts';
import { curveOf } from './curveFold.ts';
import { CurvePicker } from './curvePicker.tsx';
import { CurveTable } from './curveTable.tsx';
import { LiveNumbers } from './liveNumbers.tsx';
import { PlanCurves } from './planCurves.tsx';
import { PlanEvidence } from './planEvidence.tsx';
import { curveOfPlan } from './planFold.ts';
import { PlanGeneration } from './planGeneration.tsx';
import { PlanLegality } from './planLegality.tsx';
import { PlanMatrix } from './planMatrix.tsx';
import { PlanSlider } from './planSlider.tsx';
import type { PruneModel } from './pruneModel.ts';
import type { PruneRuns } from './pruneRuns.ts';
import { useRunRows } from './pruneRuns.ts';
import { usePrune } from './pruneSettings.ts';
import { curveTextWords } from './pruneWords.ts';
import type { Scene } from './scene.ts';
import type { ShownPlan } from './useScene.ts';
import type { LivePoint } from './useLivePoint.ts';
import { useKeptPoints, useLivePoint } from './useLivePoint.ts';

interface PlanResultProps {
  readonly plan: ShownPlan | null;
  readonly model: PruneModel;
  readonly scene: Scene;
  readonly run: string | null;
  readonly runs: PruneRuns;
}

/** Of this place, not of the one before. */
function isMeasured({ status, value }: LivePoint, position: number): boolean {
  return status === 'done' && value.points[0]?.units === position;
}

export function PlanResult({ model, scene, run, runs, plan }: PlanResultProps): ReactElement {
  const position = Math.min(
    usePrune((settings) => settings.position),
    scene.order.length,
  );
  const rows = useRunRows(run);
  const curve = useMemo(() => (plan === null ? curveOf(rows) : curveOfPlan(plan.view)), [rows, plan]);
  const live = useLivePoint(scene, position);
  const kept = useKeptPoints(scene);
  const header = curve.header ?? live.value.header;
  const exported = useRunExports(run ?? '', plan === null ? ['csv'] : ['heads.json']);
  return (
    <Panel
      title="Plan"
      controls={<CurvePicker {...{ run, runs }} />}
      exports={{ name: 'pruning-curve', csv: () => curveCsv(curve, kept) }}
      table={() => <CurveTable {...{ curve, kept }} />}
      actions={run === null ? [] : exported}
    >
      <div className="prune-plan">
        {run !== null && <SweepsRunBar run={run} />}
        {run !== null && plan !== null && <PlanEvidence {...{ run, plan }} />}
        {header !== null && <p className="sweeps-quiet prune-facts">{curveTextWords(header.texts)}</p>}
        <PlanCurves {...{ curve, kept, live, scene, position }} />
        <PlanSlider {...{ scene, position }} />
        <LiveNumbers {...{ curve, live, scene, position }} />
        <div className="prune-columns">
          <PlanMatrix {...{ model, scene, position }} />
          <PlanLegality {...{ model, scene, position }} />
        </div>
        <PlanGeneration {...{ model, scene, isReady: isMeasured(live, position) }} />
      </div>
    </Panel>
  );
}
