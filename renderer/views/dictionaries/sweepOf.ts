/** The settings that a variant is trained with: several values of one make several dictionaries. */
import type { DictionaryKinds, SettingInfo, SettingValues } from '../../../engine/results/dictionaries.ts';
import type { ChosenVariant } from './dictionariesSettings.ts';

export type VariantInfo = DictionaryKinds['variants'][number];

export interface SweepPoint {
  /** Every setting of the variant. */
  readonly settings: SettingValues;
  /** `k6`: the settings of which there are several values, or that are not the usual; empty where there is none. */
  readonly tag: string;
}

type Value = SettingValues[string];

/** Each combination once, or in words what is wrong with what was typed. */
export function sweepOf(info: VariantInfo, { typed }: Pick<ChosenVariant, 'typed'>): readonly SweepPoint[] | string {
  let points: readonly SweepPoint[] = [{ settings: {}, tag: '' }];
  for (const setting of info.settings) {
    const values = valuesOf(setting, typed[setting.name] ?? '');
    if (typeof values === 'string') return `${info.title}, ${setting.title}: ${values}`;
    const isNamed = values.length > 1 || typed[setting.name] !== undefined;
    points = points.flatMap(({ settings, tag }) =>
      values.map((value) => ({
        settings: { ...settings, [setting.name]: value },
        tag: isNamed && !isUsual(setting, value, values.length) ? joined(tag, nameOf(setting, value)) : tag,
      })),
    );
  }
  return points;
}

/** The usual value says nothing of its own; among several it does. */
function isUsual(setting: SettingInfo, value: Value, among: number): boolean {
  return among === 1 && JSON.stringify(setting.default) === JSON.stringify(value) && setting.name !== 'k';
}

function joined(tag: string, part: string): string {
  return tag === '' ? part : `${tag}-${part}`;
}

/** `k6`, `sparsity0.002`: of characters that a folder may have. */
function nameOf({ name }: SettingInfo, value: Value): string {
  const text = Array.isArray(value) ? value.join('_') : String(value);
  return `${name}${text}`.replaceAll(/[^A-Za-z0-9._-]/g, '');
}

/** Typed values; the usual one where nothing is typed. A list is one value: its numbers stand together. */
export function valuesOf(setting: SettingInfo, typed: string): readonly Value[] | string {
  const words = typed.split(/[\s,;]+/).filter((word) => word !== '');
  if (words.length === 0) return [setting.default];
  switch (setting.kind) {
    case 'flag':
      return words.every((word) => word === 'true' || word === 'false')
        ? words.map((word) => word === 'true')
        : 'true or false.';
    case 'choice':
      return words.every((word) => setting.choices.includes(word)) ? words : `one of ${setting.choices.join(', ')}.`;
    case 'list':
      return listOf(setting.range, words);
    case 'number':
      return numbersOf(setting, words);
  }
}

function numbersOf(
  { range, whole }: Extract<SettingInfo, { readonly kind: 'number' }>,
  words: readonly string[],
): readonly number[] | string {
  const numbers = [...new Set(words.map(Number))];
  if (numbers.some((number) => !isWithin(number, range))) return `numbers ${rangeWords(range)}: 3, 6, 12.`;
  return whole && !numbers.every(Number.isInteger) ? 'whole numbers: 3, 6, 12.' : numbers;
}

function listOf(range: Extract<SettingInfo, { readonly kind: 'list' }>['range'], words: readonly string[]) {
  const numbers = words.map(Number);
  return numbers.every((number) => isWithin(number, range)) ? [numbers] : `numbers ${rangeWords(range)}.`;
}

function isWithin(number: number, [low, high]: readonly [number | null, number | null]): boolean {
  return Number.isFinite(number) && number >= (low ?? -Infinity) && number <= (high ?? Infinity);
}

export function rangeWords([low, high]: readonly [number | null, number | null]): string {
  if (low === null && high === null) return 'of any size';
  if (high === null) return `of ${low} or more`;
  return low === null ? `of at most ${high}` : `from ${low} to ${high}`;
}
