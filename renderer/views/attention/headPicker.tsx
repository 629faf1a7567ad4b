/** Which head is looked at: its name, and steps through layers and heads. */
import type { ReactElement } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { IconButton } from '../../parts/button.tsx';
import { NumberInput } from '../../parts/input.tsx';
import { headName } from '../../state/headNames.ts';
import { nearestHead } from './headSteps.ts';

export interface HeadPickerProps {
  readonly shape: HeadShape;
  readonly head: HeadRef;
}

export function HeadPicker({ shape, head }: HeadPickerProps): ReactElement {
  const { selection } = useWorkbench();
  const go = (next: HeadRef) => selection.setPrimary(nearestHead(shape, next));
  return (
    <div className="attention-head" role="group" aria-label={`Head ${headName(head)}`}>
      <Stepper name="Layer" short="L" value={head.layer} onChange={(layer) => go({ ...head, layer })} />
      <Stepper name="Head" short="H" value={head.head} onChange={(next) => go({ ...head, head: next })} />
    </div>
  );
}

interface StepperProps {
  readonly name: string;
  readonly short: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Stepper({ name, short, value, onChange }: StepperProps): ReactElement {
  return (
    <div className="attention-stepper">
      <IconButton icon="left" label={`${name} before`} onClick={() => onChange(value - 1)} />
      <span aria-hidden>{short}</span>
      <NumberInput aria-label={name} value={value} min={0} whole onChange={onChange} />
      <IconButton icon="right" label={`${name} after`} onClick={() => onChange(value + 1)} />
    </div>
  );
}
