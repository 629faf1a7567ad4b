/** Settings as tables: what each means, what it is unless said otherwise, what is allowed. */
import { Fault } from './fault.ts';

export type SettingValue = number | string | boolean | readonly number[] | null;
export type SettingValues = Readonly<Record<string, SettingValue>>;

interface Described {
  /** What it is called beside a field. */
  readonly title: string;
  readonly about: string;
}

export interface NumberSetting extends Described {
  readonly kind: 'number';
  readonly default: number;
  /** Lowest and highest value that is allowed. */
  readonly range: readonly [low: number, high: number];
  readonly whole?: boolean;
}

interface ListSetting extends Described {
  readonly kind: 'list';
  readonly default: readonly number[];
  /** Of each entry. */
  readonly range: readonly [low: number, high: number];
}

interface FlagSetting extends Described {
  readonly kind: 'flag';
  readonly default: boolean;
}

interface ChoiceSetting extends Described {
  readonly kind: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}

export type Setting = NumberSetting | ListSetting | FlagSetting | ChoiceSetting;
export type SettingTable = Readonly<Record<string, Setting>>;

type ValueOf<S extends Setting> = S extends NumberSetting
  ? number
  : S extends ListSetting
    ? readonly number[]
    : S extends FlagSetting
      ? boolean
      : S extends { readonly choices: readonly (infer Choice)[] }
        ? Choice
        : never;

/** Values of a table, each of its kind. */
export type ValuesOf<Table extends SettingTable> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

/** The given settings with defaults for the rest. Throws Fault for a name that is not in the table and for a value out of range. */
export function checkSettings<Table extends SettingTable>(
  table: Table,
  given: Readonly<Record<string, SettingValue>>,
  where: string,
): ValuesOf<Table> {
  const names = Object.keys(table);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new Fault({ what: 'unknown setting', where, expected: names.join(', ') || 'none', got: unknown });
  const values = names.map((name) => [name, checked(table[name] as Setting, given[name], `${where}: ${name}`)]);
  return Object.fromEntries(values) as ValuesOf<Table>;
}

function checked(setting: Setting, value: SettingValue | undefined, where: string): SettingValue {
  if (value === undefined) return setting.default;
  if (isAllowed(setting, value)) return value;
  throw new Fault({ what: 'setting out of range', where, expected: allowed(setting), got: JSON.stringify(value) });
}

function isAllowed(setting: Setting, value: SettingValue): boolean {
  switch (setting.kind) {
    case 'number':
      return isWithin(value, setting.range) && (setting.whole !== true || Number.isInteger(value));
    case 'list':
      return Array.isArray(value) && value.length > 0 && value.every((entry) => isWithin(entry, setting.range));
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && setting.choices.includes(value);
  }
}

function isWithin(value: unknown, [low, high]: readonly [number, number]): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}

function allowed(setting: Setting): string {
  switch (setting.kind) {
    case 'number':
      return `a ${setting.whole === true ? 'whole ' : ''}number ${rangeText(setting.range)}`;
    case 'list':
      return `numbers ${rangeText(setting.range)}`;
    case 'flag':
      return 'true or false';
    case 'choice':
      return setting.choices.join(' or ');
  }
}

function rangeText([low, high]: readonly [number, number]): string {
  return high === Infinity ? `from ${low}` : `from ${low} to ${high}`;
}
