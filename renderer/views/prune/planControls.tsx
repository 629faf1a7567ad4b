/** By what units go, which stay, on what text; and the button that measures the curve. */
import type { ReactElement } from 'react';
import { useSelection, useWorkspace } from '../../api/hooks.ts';
import { promptsName } from '../../api/jobs.ts';
import { formatNumber } from '../../marks/format.ts';
import { Select } from '../../parts/select.tsx';
import { Switch } from '../../parts/switch.tsx';
import { NumberField } from './numberField.tsx';
import { criteriaList, groupTitles } from './criteriaList.ts';
import { PlanStart } from './planStart.tsx';
import type { PruneModel } from './pruneModel.ts';
import type { PruneSettings } from './pruneSettings.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import type { Scene } from './scene.ts';
import { induces, retrieves } from './stays.ts';
import { TextFields } from './textFields.tsx';
import { useImportance } from './useImportance.ts';
import { useProtectors } from './useStays.ts';

interface PlanControlsProps {
  readonly model: PruneModel;
  readonly prepared: Scene | string;
}

export function PlanControls({ model, prepared }: PlanControlsProps): ReactElement {
  return (
    <div className="prune-controls">
      <div className="prune-scroll">
        <CriterionField />
        <StayFields />
        <TextFields context={model.shape.context} />
        <ControlFields />
      </div>
      <PlanStart prepared={prepared} />
    </div>
  );
}

/** A change of what goes is another plan: the curve of the one before is not its own. */
function useChangePlan(): (change: Partial<PruneSettings>) => void {
  const change = useChangePrune();
  return (next) => change({ ...next, curve: 'prepared' });
}

function CriterionField(): ReactElement {
  const criterion = usePrune((settings) => settings.criterion);
  const { view } = useImportance();
  const change = useChangePlan();
  const options = (view?.columns ?? []).flatMap(({ id, known, values }) => {
    const choice = criteriaList.find((one) => one.id === id);
    if (choice === undefined) return [];
    return [{ value: id, title: choice.title, group: groupTitles[choice.group], disabled: known < values.length }];
  });
  return (
    <fieldset className="prune-group">
      <legend>Least goes first, by</legend>
      <Select
        label="Criterion"
        value={criterion}
        options={options}
        placeholder="Nothing is measured yet"
        disabled={options.length === 0}
        onChange={(next) => change({ criterion: next })}
      />
    </fieldset>
  );
}

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
