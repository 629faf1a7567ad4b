/** What a training of gates is told: a schedule, and what is changed in it. */
import type { ReactElement } from 'react';
import { Section } from '../../parts/section.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Switch } from '../../parts/switch.tsx';
import type { GateChoice } from '../../../engine/results/duoSchedules.ts';
import { unlikePaper } from './gateSchedules.ts';
import { LabelledNumber } from './labelledNumber.tsx';
import { useStreaming } from './streamingSettings.ts';

const schedules = [
  { value: 'scaled', title: 'Scaled to this machine' },
  { value: 'paper', title: 'The paper’s' },
] as const;

interface FieldsProps {
  readonly choice: GateChoice;
}

export function GateFields({ choice }: FieldsProps): ReactElement {
  const [{ schedule }, change] = useStreaming('gates');
  const unlike = unlikePaper(choice);
  return (
    <>
      <Section title="Schedule">
        <div className="form">
          <Segments
            label="Schedule"
            value={schedule}
            options={schedules}
            onChange={(next) => change({ schedule: next, changes: {} })}
          />
          <p className="retrieval-quiet">
            {unlike.length === 0 ? 'As in the paper, for models with a long context.' : `${unlike.join(', ')}.`}
          </p>
          <TrainingNumbers choice={choice} />
        </div>
      </Section>
      <Section title="A streaming head sees">
        <WindowNumbers choice={choice} />
      </Section>
      <Section title="Passkey texts">
        <TextNumbers choice={choice} />
      </Section>
    </>
  );
}

function useChangeGates(): (changed: Partial<GateChoice>) => void {
  const [{ changes }, change] = useStreaming('gates');
  return (changed) => change({ changes: { ...changes, ...changed } });
}

function TrainingNumbers({ choice }: FieldsProps): ReactElement {
  const { steps, learningRate, regularisation, seed } = choice;
  const change = useChangeGates();
  return (
    <>
      <LabelledNumber label="Steps" value={steps} min={1} onChange={(next) => change({ steps: next })} />
      <LabelledNumber
        label="Learning rate"
        value={learningRate}
        min={1e-6}
        max={10}
        isWhole={false}
        onChange={(next) => change({ learningRate: next })}
      />
      <LabelledNumber
        label="Penalty on the mean gate"
        value={regularisation}
        max={100}
        isWhole={false}
        onChange={(next) => change({ regularisation: next })}
      />
      <LabelledNumber label="Seed" value={seed} onChange={(next) => change({ seed: next })} />
    </>
  );
}

function WindowNumbers({ choice: { sink, recent } }: FieldsProps): ReactElement {
  const change = useChangeGates();
  return (
    <div className="form">
      <LabelledNumber label="First tokens (sink)" value={sink} onChange={(next) => change({ sink: next })} />
      <LabelledNumber
        label="Last tokens (recent), its own too"
        value={recent}
        min={1}
        onChange={(next) => change({ recent: next })}
      />
    </div>
  );
}

function TextNumbers({ choice: { lengths, passkeys } }: FieldsProps): ReactElement {
  const change = useChangeGates();
  const first = { count: 4, words: 8 };
  return (
    <div className="form">
      <LabelledNumber
        label="Shortest, tokens"
        value={lengths.from}
        min={16}
        onChange={(from) => change({ lengths: { ...lengths, from } })}
      />
      <LabelledNumber
        label="Longest, tokens"
        value={lengths.to}
        min={16}
        onChange={(to) => change({ lengths: { ...lengths, to } })}
      />
      <LabelledNumber
        label="Lengths between them"
        value={lengths.count}
        min={1}
        max={10_000}
        onChange={(count) => change({ lengths: { ...lengths, count } })}
      />
      <Switch
        label="As many passkeys as go with the length"
        isOn={passkeys === null}
        onChange={(isOn) => change({ passkeys: isOn ? null : first })}
      />
      {passkeys !== null && (
        <>
          <LabelledNumber
            label="Passkeys"
            value={passkeys.count}
            min={1}
            max={10}
            onChange={(count) => change({ passkeys: { ...passkeys, count } })}
          />
          <LabelledNumber
            label="Words in each"
            value={passkeys.words}
            min={1}
            max={1000}
            onChange={(words) => change({ passkeys: { ...passkeys, words } })}
          />
        </>
      )}
    </div>
  );
}
