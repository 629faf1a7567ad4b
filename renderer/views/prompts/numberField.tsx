import type { ReactElement } from 'react';
import { useId } from 'react';
import type { NumberInputProps } from '../../parts/input.tsx';
import { NumberInput } from '../../parts/input.tsx';

/** A number with its name beside it. */
export function NumberField({ label, ...rest }: NumberInputProps & { readonly label: string }): ReactElement {
  const id = useId();
  return (
    <span className="prompts-number">
      <label htmlFor={id}>{label}</label>
      <NumberInput id={id} {...rest} />
    </span>
  );
}
