/** A number with the words that it stands in: `16 windows of`. */
import type { ReactElement } from 'react';
import type { NumberInputProps } from '../../parts/input.tsx';
import { NumberInput } from '../../parts/input.tsx';

export function NumberField({ words, ...input }: NumberInputProps & { readonly words: string }): ReactElement {
  return (
    <span className="sweeps-field">
      <NumberInput aria-label={words} {...input} />
      {words}
    </span>
  );
}
