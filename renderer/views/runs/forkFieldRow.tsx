import type { ReactElement } from 'react';
import { Field } from '../../parts/field.tsx';
import { NumberInput } from '../../parts/input.tsx';
import { Select } from '../../parts/select.tsx';
import type { ForkField } from './forkFields.ts';

interface ForkFieldRowProps {
  readonly field: ForkField;
  readonly onChange: (value: string | number) => void;
}

export function ForkFieldRow({ field, onChange }: ForkFieldRowProps): ReactElement {
  const { label, kind, value } = field;
  return (
    <Field label={label}>
      {({ id }) =>
        kind === 'choice' ? (
          <Select id={id} label={label} value={String(value)} options={field.options} onChange={onChange} />
        ) : (
          <NumberInput id={id} value={value} min={field.min} max={field.max} whole={field.whole} onChange={onChange} />
        )
      }
    </Field>
  );
}
