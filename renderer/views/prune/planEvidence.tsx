/** What ended a plan, and the whole of it against random plans. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { budgetWords } from './planBudget.ts';
import { evidenceOf } from './planFold.ts';
import { changeWords } from './pruneWords.ts';
import { unitWords } from './pruneUnits.ts';
import type { ShownPlan } from './useScene.ts';

interface PlanEvidenceProps {
  readonly run: string;
  readonly plan: ShownPlan;
}

export function PlanEvidence({ run, plan: { view, request } }: PlanEvidenceProps): ReactElement {
  const state = useRun(run)?.summary?.state ?? null;
  const { unit, budget } = request;
  const gone = `${formatNumber(view.steps.length)} ${unitWords(unit)} go`;
  const asked = `budget ${formatNumber(budget.atMost)} ${budgetWords[budget.kind]}`;
  const evidence = evidenceOf(view);
  return (
    <p className="sweeps-quiet prune-facts">
      {`${gone}, ${asked}. `}
      {evidence === null ? (
        `The whole is not measured against random plans${state === 'done' ? '' : ': the plan did not get to its end'}.`
      ) : (
        <>
          {`Δ loss ${changeWords(evidence.change, 3)} nats; random plans ${formatFixed(evidence.least, 3)} to ${formatFixed(evidence.most, 3)}, `}
          <strong>{`${evidence.worse} of ${evidence.draws} are worse`}</strong>
          {`${evidence.shared > 0 ? `, sharing up to ${evidence.shared} with it` : ''}.`}
        </>
      )}
    </p>
  );
}
