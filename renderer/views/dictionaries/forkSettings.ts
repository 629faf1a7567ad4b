/** The dictionaries of a fork: those of the training that it goes on from, with other settings where some were typed. */
import type { DictionaryKinds, SettingInfo, SettingValues } from '../../../engine/results/dictionaries.ts';
import type { DictionaryToTrain } from '../../../engine/results/trainDictionaries.ts';
import type { Fork } from './dictionariesSettings.ts';
import { valuesOf } from './sweepOf.ts';

type Value = SettingValues[string];

/** Or in words what is wrong with what was typed. */
export function forkedDictionaries(
  { request, learningRate, typed }: Fork,
  kinds: DictionaryKinds,
): readonly DictionaryToTrain[] | string {
  const forked: DictionaryToTrain[] = [];
  for (const one of request.dictionaries) {
    const settings = forkedSettings(one, typed[one.name] ?? {}, kinds);
    if (typeof settings === 'string') return `${one.name}: ${settings}`;
    forked.push({ ...one, settings, ...(learningRate === null ? {} : { learningRate }) });
  }
  return forked;
}

function forkedSettings(
  { variant, settings, features }: DictionaryToTrain,
  typed: Readonly<Record<string, string>>,
  kinds: DictionaryKinds,
): SettingValues | string {
  const changed: Record<string, Value> = { ...settings };
  for (const setting of settingsOf(variant, kinds)) {
    const text = typed[setting.name] ?? '';
    if (text.trim() === '') continue;
    const [value, wrong] = oneValue(setting, text);
    if (value === null) return `${setting.title}: ${wrong}`;
    changed[setting.name] = value;
  }
  const { k } = changed;
  return typeof k === 'number' && k > features ? `k is ${k}, and there are ${features} features.` : changed;
}

export function settingsOf(variant: string, { variants }: DictionaryKinds): readonly SettingInfo[] {
  return variants.find(({ id }) => id === variant)?.settings ?? [];
}

/** The value, or what is wrong: a fork goes on with as many dictionaries as there were, so one value each. */
export function oneValue(setting: SettingInfo, text: string): readonly [Value, ''] | readonly [null, string] {
  const values = valuesOf(setting, text);
  if (typeof values === 'string') return [null, values];
  const [value, ...more] = values;
  return value === undefined || more.length > 0 ? [null, 'one value.'] : [value, ''];
}
