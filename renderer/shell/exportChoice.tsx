/** Which numbers go into the form, and how many units go, where it takes one number a unit or a list of units. */
import type { ReactElement } from 'react';
import type { ExportedNumbers, ExportForm } from '../../engine/results/exportForms.ts';
import { kindWords } from '../api/importedMeasures.ts';
import { Field } from '../parts/field.tsx';
import { NumberInput } from '../parts/input.tsx';
import type { SelectOption } from '../parts/select.tsx';
import { Select } from '../parts/select.tsx';
import type { FormChoice } from './exportChoiceState.ts';
import { isRanking, removeOf } from './exportChoiceState.ts';

interface ExportChoiceProps {
  readonly form: ExportForm;
  readonly numbers: readonly ExportedNumbers[];
  readonly choice: FormChoice;
  readonly onChange: (choice: FormChoice) => void;
}

const WHOLE = '(whole)';

export function ExportChoice({ form, numbers, choice, onChange }: ExportChoiceProps): ReactElement | null {
  const options = optionsOf(form, numbers);
  if (options.length === 0) return null;
  const chosen = numbers.find(({ id }) => id === choice.metric);
  return (
    <div className="exporting-choice">
      <Field label="Numbers" {...(chosen === undefined ? {} : { hint: wordsOf(chosen) })}>
        {({ id }) => (
          <Select
            id={id}
            label="Numbers"
            value={choice.metric ?? WHOLE}
            options={options}
            onChange={(value) => {
              const metric = value === WHOLE ? null : value;
              onChange({ metric, remove: removeOf(numbers, metric) });
            }}
          />
        )}
      </Field>
      {chosen !== undefined && isRanking(form, choice) && (
        <Field
          label={`${unitsOf(chosen)} that go`}
          hint={`of ${chosen.units}: those that these numbers hold least worth keeping`}
        >
          {(ids) => (
            <NumberInput
              {...ids}
              whole
              min={1}
              max={chosen.units - 1}
              value={choice.remove}
              onChange={(remove) => onChange({ ...choice, remove })}
            />
          )}
        </Field>
      )}
    </div>
  );
}

/** None where there is nothing to choose. */
function optionsOf({ whole, metrics, ranks }: ExportForm, numbers: readonly ExportedNumbers[]) {
  const named = numbers.filter(({ id }) => metrics.includes(id) || ranks.includes(id));
  const options: readonly SelectOption<string>[] = [
    ...(whole && named.length > 0 ? [{ value: WHOLE, title: 'as the run has them' }] : []),
    ...named.map(optionOf),
  ];
  return options;
}

/** Titles that are formulas stand below: there is room for a name here. */
const LONGEST = 48;

function optionOf({ id, title }: ExportedNumbers): SelectOption<string> {
  return title.length > LONGEST ? { value: id, title: id } : { value: id, title, detail: id };
}

function wordsOf({ kind, unit, title }: ExportedNumbers): string {
  const words = `${kindWords[kind]}, one for each ${unit === 'head' ? 'head' : 'KV group'}`;
  return title.length > LONGEST ? `${words}: ${title}` : words;
}

function unitsOf({ unit }: ExportedNumbers): string {
  return unit === 'head' ? 'Heads' : 'KV groups';
}
