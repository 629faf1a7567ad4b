/** By what units go, which stay, how far, on what text; and the buttons that make the plan and measure its curve. */
import type { ReactElement } from 'react';
import { useSelection, useWorkspace } from '../../api/hooks.ts';
import { promptsName } from '../../api/jobs.ts';
import { formatNumber } from '../../marks/format.ts';
import { Select } from '../../parts/select.tsx';
import { Switch } from '../../parts/switch.tsx';
import { Segments } from '../../parts/segments.tsx';
import { NumberField } from './numberField.tsx';
import { criteriaList, groupTitles } from './criteriaList.ts';
import { budgetKinds, budgetOf, budgetWords } from './planBudget.ts';
import { PlanStart } from './planStart.tsx';
import type { PruneModel } from './pruneModel.ts';
import type { PruneSettings } from './pruneSettings.ts';
import { measuredCosts, useChangePrune, usePrune } from './pruneSettings.ts';
import { unitTitles } from './pruneUnits.ts';
import { induces, retrieves } from './stays.ts';
import { TextFields } from './textFields.tsx';
import { useImportance } from './useImportance.ts';
import type { ShownScene } from './useScene.ts';
import { useProtectors } from './useStays.ts';

interface PlanControlsProps {
  readonly model: PruneModel;
  readonly shown: ShownScene;
}

export function PlanControls({ model, shown }: PlanControlsProps): ReactElement {
  return (
    <div className="prune-controls">
      <div className="prune-scroll">
        <CriterionField />
        <StayFields />
        <BudgetFields shape={model.shape} />
        <TextFields context={model.shape.context} />
        <ControlFields />
      </div>
      <PlanStart {...{ model, shown }} />
    </div>
  );
}

/** A change of what goes is another plan: what was measured of the one before is not its own. */
function useChangePlan(): (change: Partial<PruneSettings>) => void {
  const change = useChangePrune();
  return (next) => change({ ...next, curve: 'prepared' });
}

function CriterionField(): ReactElement {
  const { criterion, rescoreEvery, unit } = usePrune((settings) => settings);
  const { view } = useImportance();
  const change = useChangePlan();
  const known = (view?.columns ?? []).flatMap(({ id, known: count, values }) => {
    const choice = criteriaList.find((one) => one.id === id);
    if (choice === undefined) return [];
    return [{ value: id, title: choice.title, group: groupTitles[choice.group], disabled: count < values.length }];
  });
  const measured = { value: measuredCosts, title: 'Loss, measured for the plan', group: 'No run of criteria needed' };
  return (
    <fieldset className="prune-group">
      <legend>Least goes first, by</legend>
      <Select
        label="Criterion"
        value={criterion}
        options={[...known, measured]}
        placeholder="Nothing is measured yet"
        onChange={(next) => change({ criterion: next })}
      />
      {criterion === measuredCosts && (
        <Segments
          label="What goes at a time"
          value={unit === 'head' ? 'head' : 'kv-group'}
          options={planUnits}
          onChange={(next) => change({ unit: next })}
        />
      )}
      <NumberField
        words="removals, then re-score"
        title="The cheapest fifth of what is left is measured anew, for heads stand in for each other. 0: never."
        whole
        value={rescoreEvery}
        min={0}
        max={10_000}
        onChange={(n) => change({ rescoreEvery: n })}
      />
    </fieldset>
  );
}

const planUnits = [
  { value: 'kv-group', title: unitTitles['kv-group'] },
  { value: 'head', title: unitTitles.head },
] as const;

function StayFields(): ReactElement {
  const { keepSet, keepRetrieval, keepInduction, minPerLayer } = usePrune((settings) => settings);
  const change = useChangePlan();
  const { retrieval, induction } = useProtectors();
  const set = useSelection((state) => state.set);
  return (
    <fieldset className="prune-group">
      <legend>Stays</legend>
      <Switch label={`the set (${set.length} heads)`} isOn={keepSet} onChange={(on) => change({ keepSet: on })} />
      <Switch
        label={`retrieval heads, ≥ ${retrieves}${retrieval === null ? ' (no scores)' : ''}`}
        isOn={keepRetrieval && retrieval !== null}
        disabled={retrieval === null}
        onChange={(on) => change({ keepRetrieval: on })}
      />
      <Switch
        label={`induction heads, > ${induces}${induction === null ? ' (no scores)' : ''}`}
        isOn={keepInduction && induction !== null}
        disabled={induction === null}
        onChange={(on) => change({ keepInduction: on })}
      />
      <NumberField
        words="at least in each layer"
        whole
        value={minPerLayer}
        min={0}
        max={1024}
        onChange={(n) => change({ minPerLayer: n })}
      />
    </fieldset>
  );
}

function BudgetFields({ shape }: { readonly shape: PruneModel['shape'] }): ReactElement {
  const { budget: kind, amounts } = usePrune((settings) => settings);
  const change = useChangePrune();
  const { atMost } = budgetOf({ budget: kind, amounts }, shape);
  return (
    <fieldset className="prune-group">
      <legend>The plan ends at</legend>
      <Select label="Budget" value={kind} options={budgetKinds} onChange={(next) => change({ budget: next })} />
      <NumberField
        words={budgetWords[kind]}
        whole={kind !== 'loss'}
        value={atMost}
        min={kind === 'loss' ? 0 : 1}
        onChange={(n) => change({ amounts: { ...amounts, [kind]: n } })}
      />
    </fieldset>
  );
}

function ControlFields(): ReactElement {
  const { withTask, draws } = usePrune((settings) => settings);
  const change = useChangePlan();
  const prompts = useWorkspace((state) => state.prompts);
  const name = prompts === null ? 'none chosen' : promptsName(prompts);
  const count = prompts?.kind === 'task' ? `, n ${formatNumber(prompts.n)}` : '';
  return (
    <fieldset className="prune-group">
      <legend>Beside it</legend>
      <Switch
        label={`task: ${name}${count}`}
        isOn={withTask && prompts !== null}
        disabled={prompts === null}
        onChange={(on) => change({ withTask: on })}
      />
      <NumberField
        words="random plans, layer-matched"
        whole
        value={draws}
        min={10}
        max={1000}
        onChange={(n) => change({ draws: n })}
      />
    </fieldset>
  );
}
