/** On or off, with its words. */
import { Switch as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { useId } from 'react';
import './switch.css';

export interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly disabled?: boolean;
}

export function Switch({ label, isOn, onChange, disabled = false }: SwitchProps): ReactElement {
  const id = useId();
  return (
    <span className="switch-row">
      <Radix.Root id={id} className="switch" checked={isOn} onCheckedChange={onChange} disabled={disabled}>
        <Radix.Thumb className="switch-thumb" />
      </Radix.Root>
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
