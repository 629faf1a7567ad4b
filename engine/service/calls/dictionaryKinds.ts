/** Which kinds of dictionaries can be trained, what stands beside them, and what is measured: from what each says of itself. */
import type { DictionaryKinds, SettingInfo } from '../../results/dictionaries.ts';
import type { Service } from '../../results/index.ts';
import type { Setting, SettingTable } from '../../terms/settings.ts';
import { frozenDecoderFacts } from '../../../sae/controls/frozenDecoder.ts';
import { controls } from '../../../sae/controls/index.ts';
import { supervisedFacts } from '../../../sae/controls/supervised.ts';
import { untrainedFacts } from '../../../sae/controls/untrained.ts';
import { measureFacts } from '../../../sae/measures/index.ts';
import { variants } from '../../../sae/variants/index.ts';

export function dictionaryKindsCall(): Service['dictionaryKinds'] {
  return () => Promise.resolve(kinds());
}

function kinds(): DictionaryKinds {
  return {
    variants: variants.map(({ id, title, about, source, settings }) => {
      return { id, title, about, source, settings: settingsInfo(settings) };
    }),
    controls: [...controls, untrainedFacts, frozenDecoderFacts, supervisedFacts].map(({ id, title, about, madeOf }) => {
      return { id, title, about, madeOf };
    }),
    measures: measureFacts.map(({ id, title, formula, pitfall }) => ({ id, title, formula, pitfall })),
  };
}

/** In the order of the table. */
export function settingsInfo(table: SettingTable): SettingInfo[] {
  return Object.entries(table).map(([name, setting]) => infoOf(name, setting));
}

function infoOf(name: string, setting: Setting): SettingInfo {
  const { title, about } = setting;
  const described = { name, title, about };
  switch (setting.kind) {
    case 'number':
      return {
        ...described,
        ...{
          kind: 'number',
          default: setting.default,
          range: finiteEnds(setting.range),
          whole: setting.whole === true,
        },
      };
    case 'list':
      return { ...described, kind: 'list', default: setting.default, range: finiteEnds(setting.range) };
    case 'flag':
      return { ...described, kind: 'flag', default: setting.default };
    case 'choice':
      return { ...described, kind: 'choice', default: setting.default, choices: setting.choices };
  }
}

function finiteEnds([low, high]: readonly [number, number]): readonly [number | null, number | null] {
  return [Number.isFinite(low) ? low : null, Number.isFinite(high) ? high : null];
}
