/** A choice of one among some, by name. */
import { Select as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { Icon } from './icon.tsx';
import './select.css';

export interface SelectOption<V extends string> {
  readonly value: V;
  readonly title: string;
  /** A second, quieter line of words: n, date. */
  readonly detail?: string;
  /** Options of the same group stand together under its name. */
  readonly group?: string;
  readonly disabled?: boolean;
}

export interface SelectProps<V extends string> {
  /** What is chosen, for those who don't see it. */
  readonly label: string;
  readonly value: V | null;
  readonly options: readonly SelectOption<V>[];
  readonly onChange: (value: V) => void;
  /** Shown where nothing is chosen. */
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly id?: string;
}

export function Select<V extends string>(props: SelectProps<V>): ReactElement {
  const { label, value, options, onChange, placeholder = 'Choose', disabled = false, id } = props;
  const groups = [...new Set(options.map(({ group }) => group ?? ''))];
  const chosen = options.find((option) => option.value === value);
  return (
    <Radix.Root value={chosen?.value ?? ''} onValueChange={(next) => onChange(next as V)} disabled={disabled}>
      <Radix.Trigger id={id} className="select" aria-label={label} data-empty={chosen === undefined}>
        <Radix.Value placeholder={placeholder}>{chosen?.title}</Radix.Value>
        <Radix.Icon className="select-caret">
          <Icon name="down" size={12} />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="select-list" position="popper" sideOffset={2}>
          <Radix.Viewport>
            {groups.map((group) => (
              <Radix.Group key={group}>
                {group !== '' && <Radix.Label className="select-group">{group}</Radix.Label>}
                {options.filter((option) => (option.group ?? '') === group).map(item)}
              </Radix.Group>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function item<V extends string>({ value, title, detail, disabled = false }: SelectOption<V>): ReactElement {
  return (
    <Radix.Item key={value} value={value} disabled={disabled} className="select-item">
      <span className="select-check">
        <Radix.ItemIndicator>
          <Icon name="check" size={12} />
        </Radix.ItemIndicator>
      </span>
      <Radix.ItemText>{title}</Radix.ItemText>
      {detail !== undefined && <span className="select-detail">{detail}</span>}
    </Radix.Item>
  );
}
