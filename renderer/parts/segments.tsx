/** A choice of one among few, all in sight. */
import { ToggleGroup } from 'radix-ui';
import type { ReactElement } from 'react';
import './segments.css';

export interface SegmentsProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly title: string; readonly disabled?: boolean }[];
  readonly onChange: (value: V) => void;
}

export function Segments<V extends string>({ label, value, options, onChange }: SegmentsProps<V>): ReactElement {
  // The chosen one can't be taken back: radix says so with an empty value.
  const choose = (next: string) => (next === '' ? undefined : onChange(next as V));
  return (
    <ToggleGroup.Root type="single" className="segments" aria-label={label} value={value} onValueChange={choose}>
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled ?? false}
          className="segments-item"
        >
          {option.title}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
