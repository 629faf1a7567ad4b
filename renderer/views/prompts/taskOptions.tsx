/** The settings of a task; what differs from its defaults is counted on the button. */
import type { ReactElement } from 'react';
import type { RequestOf, ResultOf } from '../../../engine/results/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { NumberInput } from '../../parts/input.tsx';
import { Popover } from '../../parts/popover.tsx';
import { Select } from '../../parts/select.tsx';
import { withOption } from './withOption.ts';

export type OptionTable = ResultOf<'tasks'>['tasks'][number]['options'];
export type GivenOptions = NonNullable<RequestOf<'task'>['options']>;

interface TaskOptionsProps {
  readonly options: OptionTable;
  readonly given: GivenOptions;
  readonly onChange: (given: GivenOptions) => void;
}

export function TaskOptions({ options, given, onChange }: TaskOptionsProps): ReactElement {
  const changed = Object.keys(given).length;
  return (
    <Popover
      label="Settings of the task"
      trigger={<Button>{changed === 0 ? 'Settings' : `Settings · ${changed}`}</Button>}
    >
      <div className="form prompts-options">
        {Object.entries(options).map(([name, option]) => (
          <Field key={name} label={name} hint={`${option.about} (default ${option.default})`}>
            {(ids) => (
              <OptionControl
                ids={ids}
                name={name}
                option={option}
                value={given[name] ?? option.default}
                onChange={(value) => onChange(withOption(options, given, name, value))}
              />
            )}
          </Field>
        ))}
      </div>
    </Popover>
  );
}

interface OptionControlProps {
  readonly ids: { readonly id: string };
  readonly name: string;
  readonly option: OptionTable[string];
  readonly value: string | number;
  readonly onChange: (value: string | number) => void;
}

function OptionControl({ ids, name, option, value, onChange }: OptionControlProps): ReactElement {
  if (option.kind === 'integer')
    return <NumberInput {...ids} value={Number(value)} min={option.from} max={option.to} whole onChange={onChange} />;
  const choices = option.of.map((title) => ({ value: title, title }));
  return <Select {...ids} label={name} value={String(value)} options={choices} onChange={onChange} />;
}
