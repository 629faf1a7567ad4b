/** The kinds of dictionaries that train side by side, each with its settings; several values of one are a sweep. */
import type { ReactElement } from 'react';
import type { DictionaryKinds, SettingInfo } from '../../../engine/results/dictionaries.ts';
import { IconButton } from '../../parts/button.tsx';
import { Select } from '../../parts/select.tsx';
import type { ChosenVariant } from './dictionariesSettings.ts';
import { useTrain } from './dictionariesSettings.ts';
import { SettingField } from './settingField.tsx';
import type { VariantInfo } from './sweepOf.ts';
import { valuesOf } from './sweepOf.ts';

export function VariantFields({ kinds }: { readonly kinds: DictionaryKinds }): ReactElement {
  const [{ variants }, change] = useTrain();
  const left = kinds.variants.filter(({ id }) => !variants.some(({ variant }) => variant === id));
  const add = (variant: string) => change({ variants: [...variants, { variant, typed: {} }] });
  return (
    <div className="form">
      {variants.map((chosen) => {
        const info = kinds.variants.find(({ id }) => id === chosen.variant);
        return info === undefined ? null : <OneVariant key={chosen.variant} {...{ info, chosen }} />;
      })}
      {left.length > 0 && (
        <Select
          label="Add a kind"
          value={null}
          placeholder={variants.length === 0 ? 'Choose a kind' : 'Add a kind'}
          options={left.map(({ id, title, source }) => ({ value: id, title, detail: source }))}
          onChange={add}
        />
      )}
    </div>
  );
}

interface OneVariantProps {
  readonly info: VariantInfo;
  readonly chosen: ChosenVariant;
}

function OneVariant({ info, chosen }: OneVariantProps): ReactElement {
  const [{ variants }, change] = useTrain();
  const remove = () => change({ variants: variants.filter((one) => one !== chosen) });
  const type = (name: string, text: string) => {
    const { [name]: _, ...rest } = chosen.typed;
    const typed = text === '' ? rest : { ...rest, [name]: text };
    change({ variants: variants.map((one) => (one === chosen ? { ...chosen, typed } : one)) });
  };
  return (
    <fieldset className="dict-variant">
      <legend>
        <strong>{info.title}</strong>
        <IconButton icon="close" label={`Without ${info.title}`} onClick={remove} />
      </legend>
      <p className="sweeps-quiet" title={info.source}>
        {info.about}
      </p>
      {info.settings.map((setting) => (
        <SettingField
          key={setting.name}
          setting={setting}
          typed={chosen.typed[setting.name] ?? ''}
          usual={setting.default}
          canSweep
          error={problemOf(setting, chosen.typed[setting.name] ?? '')}
          onChange={(text) => type(setting.name, text)}
        />
      ))}
    </fieldset>
  );
}

function problemOf(setting: SettingInfo, typed: string): string | null {
  const values = valuesOf(setting, typed);
  return typeof values === 'string' ? values : null;
}
