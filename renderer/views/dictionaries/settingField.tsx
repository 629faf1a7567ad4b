/** One setting of a kind, as it is typed. */
import type { ReactElement } from 'react';
import type { SettingInfo, SettingValues } from '../../../engine/results/dictionaries.ts';
import { formatNumber } from '../../marks/format.ts';
import { Field } from '../../parts/field.tsx';
import { TextInput } from '../../parts/input.tsx';
import { rangeWords } from './sweepOf.ts';

interface SettingFieldProps {
  readonly setting: SettingInfo;
  readonly typed: string;
  /** What holds where nothing is typed. */
  readonly usual: SettingValues[string];
  /** Makes one dictionary of each value. */
  readonly canSweep: boolean;
  readonly error: string | null;
  readonly onChange: (text: string) => void;
}

export function SettingField({ setting, typed, usual, canSweep, error, onChange }: SettingFieldProps): ReactElement {
  return (
    <Field label={setting.title} hint={setting.about} error={error}>
      {(ids) => (
        <TextInput
          {...ids}
          className="dict-code"
          value={typed}
          placeholder={valueWords(usual)}
          title={possible(setting, canSweep)}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

function valueWords(value: SettingValues[string]): string {
  if (typeof value === 'number') return formatNumber(value);
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function possible(setting: SettingInfo, canSweep: boolean): string {
  const several = canSweep ? '; several for a sweep' : '';
  switch (setting.kind) {
    case 'flag':
      return `true or false${canSweep ? '; both for a sweep' : ''}`;
    case 'choice':
      return setting.choices.join(', ') + several;
    case 'list':
      return `numbers ${rangeWords(setting.range)}`;
    case 'number':
      return `${setting.whole ? 'whole ' : ''}numbers ${rangeWords(setting.range)}${several}`;
  }
}
