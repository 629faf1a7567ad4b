/** How the answer comes about and what is read of heads meanwhile. */
import type { ReactElement } from 'react';
import { Field } from '../../parts/field.tsx';
import { NumberInput } from '../../parts/input.tsx';
import { Section } from '../../parts/section.tsx';
import { Segments } from '../../parts/segments.tsx';
import { Switch } from '../../parts/switch.tsx';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';
import { scoreChoices } from './scoreChoices.ts';

const modes = [
  { value: 'generate', title: 'Model answers' },
  { value: 'forced', title: 'Answer is given' },
] as const;
const sources = [
  { value: 'grid', title: 'Needles' },
  { value: 'file', title: 'Prepared runs' },
] as const;
const aboutMode = {
  generate: 'Greedy decoding; runs whose answer has half or less of the words do not count.',
  forced: 'One pass over prompt and answer; every run counts.',
} as const;

export function RunFields(): ReactElement {
  const { mode, seed, settle, source } = useRetrieval((settings) => settings);
  const change = useChangeRetrieval();
  return (
    <Section title="Runs">
      <div className="form">
        <div className="retrieval-line">
          <Segments label="Source" value={source} options={sources} onChange={(next) => change({ source: next })} />
          <Segments label="Mode" value={mode} options={modes} onChange={(next) => change({ mode: next })} />
        </div>
        <p className="retrieval-quiet">{aboutMode[mode]}</p>
        <Switch
          label="End when the ten best heads settle"
          isOn={settle}
          onChange={(isOn) => change({ settle: isOn })}
        />
        <Field label="Seed">
          {(ids) => (
            <NumberInput
              {...ids}
              whole
              min={0}
              max={1_000_000}
              value={seed}
              onChange={(next) => change({ seed: next })}
            />
          )}
        </Field>
        <ScoreBoxes />
      </div>
    </Section>
  );
}

function ScoreBoxes(): ReactElement {
  const scores = useRetrieval((settings) => settings.scores);
  const change = useChangeRetrieval();
  const toggle = (id: string) =>
    change({ scores: scores.includes(id) ? scores.filter((other) => other !== id) : [...scores, id] });
  return (
    <fieldset className="retrieval-scores">
      <legend>Scores beside the copy counts</legend>
      {scoreChoices.map(({ id, title, about }) => (
        <label key={id} title={about}>
          <input type="checkbox" checked={scores.includes(id)} onChange={() => toggle(id)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
