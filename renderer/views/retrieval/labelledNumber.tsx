/** A number with its name before it, in one line. */
import type { ReactElement } from 'react';
import { useId } from 'react';
import { NumberInput } from '../../parts/input.tsx';
import { Switch } from '../../parts/switch.tsx';

interface LabelledNumberProps {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly isWhole?: boolean;
  readonly onChange: (value: number) => void;
}

export function LabelledNumber(props: LabelledNumberProps): ReactElement {
  const { label, value, min = 0, max = 1_000_000, isWhole = true, onChange } = props;
  const id = useId();
  return (
    <div className="retrieval-number">
      <label htmlFor={id}>{label}</label>
      <NumberInput id={id} whole={isWhole} {...{ min, max, value, onChange }} />
    </div>
  );
}

interface OptionalNumberProps extends Omit<LabelledNumberProps, 'value' | 'onChange'> {
  /** What is taken where no number is given. */
  readonly auto: string;
  readonly value: number | null;
  /** What a number starts from. */
  readonly usual: number;
  readonly onChange: (value: number | null) => void;
}

/** A number, or what goes without saying. */
export function OptionalNumber({ auto, value, usual, onChange, ...rest }: OptionalNumberProps): ReactElement {
  return (
    <>
      <Switch
        label={`${rest.label}: ${auto}`}
        isOn={value === null}
        onChange={(isOn) => onChange(isOn ? null : usual)}
      />
      {value !== null && <LabelledNumber {...rest} {...{ value, onChange }} />}
    </>
  );
}
