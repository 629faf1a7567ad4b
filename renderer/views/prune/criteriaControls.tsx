/** Which units, on which text, by which criteria; how long that takes; and the button that starts it. */
import type { ReactElement } from 'react';
import { Segments } from '../../parts/segments.tsx';
import { NumberField } from './numberField.tsx';
import type { CriterionChoice, CriterionGroup } from './criteriaList.ts';
import { criteriaOf, groupTitles } from './criteriaList.ts';
import { CriteriaStart } from './criteriaStart.tsx';
import type { PruneModel } from './pruneModel.ts';
import type { PruneUnit } from './pruneSettings.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import { unitTitles } from './pruneUnits.ts';
import { TextFields } from './textFields.tsx';

const units = (Object.keys(unitTitles) as PruneUnit[]).map((value) => ({ value, title: unitTitles[value] }));
const groups = Object.keys(groupTitles) as CriterionGroup[];

export function CriteriaControls({ model }: { readonly model: PruneModel }): ReactElement {
  const unit = usePrune((settings) => settings.unit);
  const change = useChangePrune();
  return (
    <div className="prune-controls">
      <div className="prune-scroll">
        <fieldset className="prune-group">
          <legend>Units</legend>
          <Segments label="Units" value={unit} options={units} onChange={(next) => change({ unit: next })} />
        </fieldset>
        <TextFields context={model.shape.context} />
        {groups.map((group) => (
          <CriteriaGroup
            key={group}
            title={groupTitles[group]}
            list={criteriaOf(unit).filter((one) => one.group === group)}
          />
        ))}
      </div>
      <CriteriaStart model={model} />
    </div>
  );
}

interface CriteriaGroupProps {
  readonly title: string;
  readonly list: readonly CriterionChoice[];
}

function CriteriaGroup({ title, list }: CriteriaGroupProps): ReactElement | null {
  const criteria = usePrune((settings) => settings.criteria);
  const change = useChangePrune();
  if (list.length === 0) return null;
  const toggle = (id: string) =>
    change({ criteria: criteria.includes(id) ? criteria.filter((one) => one !== id) : [...criteria, id] });
  return (
    <fieldset className="prune-group">
      <legend>{title}</legend>
      {list.map(({ id, title: name }) => (
        <label key={id} className="prune-check">
          <input type="checkbox" checked={criteria.includes(id)} onChange={() => toggle(id)} />
          {name}
        </label>
      ))}
      {list.some(({ id }) => id === 'shapley') && criteria.includes('shapley') && <Orders />}
    </fieldset>
  );
}

function Orders(): ReactElement {
  const orders = usePrune((settings) => settings.orders);
  const change = useChangePrune();
  return (
    <NumberField
      words="orders of removal"
      whole
      value={orders}
      min={1}
      max={100_000}
      onChange={(n) => change({ orders: n })}
    />
  );
}
