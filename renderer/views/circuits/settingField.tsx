/** A setting of a method by its kind, with its name before it. */
import type { ReactElement } from 'react';
import { useId } from 'react';
import type { SettingInfo, SettingValues } from '../../../engine/results/dictionaries.ts';
import { NumberInput, TextInput } from '../../parts/input.tsx';
import { Select } from '../../parts/select.tsx';

type Value = SettingValues[string];

interface SettingFieldProps {
  readonly setting: SettingInfo;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function SettingField(props: SettingFieldProps): ReactElement {
  const id = useId();
  const { title, about } = props.setting;
  return (
    <div className="circuits-setting" title={about}>
      <label htmlFor={id}>{title}</label>
      <Field {...props} id={id} />
    </div>
  );
}

function Field({ setting, value, onChange, id }: SettingFieldProps & { readonly id: string }): ReactElement {
  switch (setting.kind) {
    case 'number': {
      const [min, max] = [setting.range[0] ?? -Infinity, setting.range[1] ?? Infinity];
      return <NumberInput {...{ id, min, max, onChange }} whole={setting.whole} value={Number(value)} />;
    }
    case 'flag':
      return <input id={id} type="checkbox" checked={value === true} onChange={() => onChange(value !== true)} />;
    case 'choice':
      return (
        <Select
          {...{ id, onChange }}
          label={setting.title}
          value={String(value)}
          options={setting.choices.map((choice) => ({ value: choice, title: choice }))}
        />
      );
    case 'list':
      return (
        <TextInput
          id={id}
          value={Array.isArray(value) ? value.join(' ') : ''}
          onChange={(text) => onChange(numbersIn(text))}
        />
      );
  }
}

function numbersIn(text: string): readonly number[] {
  return text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(Number)
    .filter(Number.isFinite);
}
