/** A plan that is being made, or that ended before its first step: what went so far, and at which cost. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import { formatChange } from '../../marks/format.ts';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import { SweepsRunState } from '../ablate/sweepsRunState.tsx';
import type { PlanView } from './planFold.ts';
import { unitName } from './pruneUnits.ts';
import type { ShownPlan } from './useScene.ts';

interface PlanProgressProps {
  readonly run: string;
  readonly plan: ShownPlan;
}

export function PlanProgress({ run, plan: { view, request } }: PlanProgressProps): ReactElement | null {
  const shown = useRun(run);
  if (shown === null || view.header === null || shown.summary?.state === 'failed') {
    return shown === null ? null : <SweepsRunState view={shown} />;
  }
  if (view.steps.length > 0) return <PlanSteps steps={view.steps} unit={request.unit} />;
  if (shown.summary?.state === 'cancelled') {
    return <Empty title="Cancelled before the first step">Go on, or make another plan.</Empty>;
  }
  return (
    <Empty title={request.costs === undefined && view.costs === null ? 'Costs first' : 'The cheapest goes first'}>
      {request.costs === undefined
        ? 'The loss without each unit alone is measured; then they go one after the other.'
        : 'Units go one after the other, and the loss is measured at each step.'}
    </Empty>
  );
}

type Step = PlanView['steps'][number];

interface PlanStepsProps {
  readonly steps: readonly Step[];
  readonly unit: ShownPlan['request']['unit'];
}

function PlanSteps({ steps, unit }: PlanStepsProps): ReactElement {
  const columns: readonly TableColumn<Step>[] = [
    { id: 'step', title: 'Step', width: '48px', align: 'right', cell: ({ step }) => String(step + 1) },
    { id: 'unit', title: 'Goes', width: '72px', isCode: true, cell: (step) => unitName(unit, step) },
    number('cost', 'Cost', ({ cost }) => cost),
    number('delta', 'Δ loss by it, nats', ({ delta }) => delta),
    number('all', 'all so far', ({ cumulative }) => cumulative),
  ];
  return (
    <div className="prune-steps">
      <Table label="Steps of the plan" rows={steps} keyOf={({ step }) => String(step)} columns={columns} />
    </div>
  );
}

function number(id: string, title: string, of: (step: Step) => number): TableColumn<Step> {
  return { id, title, width: 'minmax(96px, 1fr)', align: 'right', cell: (step) => formatChange(of(step), 4) };
}
