/** A training that goes on from another: the same dictionaries, with other steps, another rate, other settings. */
import type { ReactElement } from 'react';
import type { DictionaryKinds } from '../../../engine/results/dictionaries.ts';
import type { DictionaryToTrain } from '../../../engine/results/trainDictionaries.ts';
import { formatNumber } from '../../marks/format.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { LabelledNumber } from '../retrieval/labelledNumber.tsx';
import type { Fork } from './dictionariesSettings.ts';
import { useTrain } from './dictionariesSettings.ts';
import { oneValue, settingsOf } from './forkSettings.ts';
import { SettingField } from './settingField.tsx';

interface ForkFieldsProps {
  readonly fork: Fork;
  readonly kinds: DictionaryKinds;
}

export function ForkFields({ fork, kinds }: ForkFieldsProps): ReactElement {
  const [, change] = useTrain();
  const { request, learningRate, steps, typed } = fork;
  const set = (changed: Partial<Fork>) => change({ fork: { ...fork, ...changed } });
  const first = request.dictionaries[0]?.learningRate ?? 0;
  return (
    <>
      <Section
        title="Fork"
        aside={
          <Button look="plain" onClick={() => change({ fork: null, name: null })}>
            Leave
          </Button>
        }
      >
        <div className="form">
          <p className="sweeps-quiet">
            {`Goes on from ${request.out.split(/[/\\]/).at(-1) ?? ''}: ${countWords(request.dictionaries.length)} and the moments of Adam as they were at its last step. That training stays as it is.`}
          </p>
          <LabelledNumber
            label="Steps, those before included"
            value={steps}
            min={1}
            max={10_000_000}
            onChange={(next) => set({ steps: next })}
          />
          <LabelledNumber
            label="Learning rate"
            value={learningRate ?? first}
            min={1e-8}
            max={10}
            isWhole={false}
            onChange={(next) => set({ learningRate: next })}
          />
        </div>
      </Section>
      <Section title="Settings" aside="names stay">
        <div className="form">
          {request.dictionaries.map((one) => (
            <OneDictionary
              key={one.name}
              {...{ one, kinds }}
              typed={typed[one.name] ?? {}}
              onChange={(next) => set({ typed: { ...typed, [one.name]: next } })}
            />
          ))}
        </div>
      </Section>
    </>
  );
}

function countWords(dictionaries: number): string {
  return dictionaries === 1 ? 'its dictionary' : `its ${formatNumber(dictionaries)} dictionaries`;
}

interface OneDictionaryProps {
  readonly one: DictionaryToTrain;
  readonly kinds: DictionaryKinds;
  readonly typed: Readonly<Record<string, string>>;
  readonly onChange: (typed: Readonly<Record<string, string>>) => void;
}

function OneDictionary({ one, kinds, typed, onChange }: OneDictionaryProps): ReactElement {
  const settings = settingsOf(one.variant, kinds);
  return (
    <fieldset className="dict-variant">
      <legend>
        <code className="dict-name">{one.name}</code>
      </legend>
      {settings.length === 0 && <p className="sweeps-quiet">This kind has no settings.</p>}
      {settings.map((setting) => {
        const text = typed[setting.name] ?? '';
        return (
          <SettingField
            key={setting.name}
            {...{ setting, typed: text }}
            usual={one.settings[setting.name] ?? setting.default}
            canSweep={false}
            error={text.trim() === '' ? null : oneValue(setting, text)[1] || null}
            onChange={(next) => onChange({ ...typed, [setting.name]: next })}
          />
        );
      })}
    </fieldset>
  );
}
