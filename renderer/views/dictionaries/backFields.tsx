/** How far an activation is gone back, and through which dictionaries. */
import type { ReactElement, ReactNode } from 'react';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { NumberInput } from '../../parts/input.tsx';
import { Tooltip } from '../../parts/tooltip.tsx';
import { useChangeDictionaries, useDictionariesSettings } from './dictionariesSettings.ts';
import { MOST_EARLIER } from './earlierDictionaries.ts';

interface BackFieldsProps {
  readonly earlier: readonly DictionaryCard[];
  readonly names: ReadonlyMap<string, string>;
  /** Those that are gone through. */
  readonly through: readonly DictionaryCard[];
}

export function BackFields({ earlier, names, through }: BackFieldsProps): ReactElement {
  const back = useDictionariesSettings((settings) => settings.back);
  const change = useChangeDictionaries();
  const set = (next: Partial<typeof back>) => change({ back: { ...back, ...next } });
  return (
    <div className="dict-back-fields">
      <Small
        name="Steps"
        about="How many times features are split in turn. 1: this feature alone is split; 2: also the features that it is split into."
      >
        <NumberInput whole value={back.depth} min={1} max={8} onChange={(depth) => set({ depth })} />
      </Small>
      <Small
        name="Least share, %"
        about="A feature that gives less than this share of the pre-activation is not shown by itself and not gone back to: all such are one row."
      >
        <NumberInput
          value={Number((100 * back.least).toPrecision(6))}
          min={0}
          max={100}
          onChange={(share) => set({ least: share / 100 })}
        />
      </Small>
      <div className="dict-back-through" role="group" aria-label="Through dictionaries">
        <span className="sweeps-quiet">through</span>
        {earlier.map(({ path, name, reads }) => (
          <button
            key={path}
            type="button"
            className="dict-chip"
            title={`${name}, ${reads}`}
            aria-pressed={through.some((one) => one.path === path)}
            disabled={through.length >= MOST_EARLIER && !through.some((one) => one.path === path)}
            onClick={() => set({ picked: { ...back.picked, [path]: !through.some((one) => one.path === path) } })}
          >
            {names.get(path)}
          </button>
        ))}
      </div>
    </div>
  );
}

interface SmallProps {
  readonly name: string;
  /** In plain words, when it is pointed at or has the focus. */
  readonly about: string;
  readonly children: ReactNode;
}

function Small({ name, about, children }: SmallProps): ReactElement {
  return (
    <Tooltip text={about}>
      <label className="dict-small">
        <span>{name}</span>
        {children}
      </label>
    </Tooltip>
  );
}
