/** Checks a task's options against its table. */
import { Fault } from '../terms/fault.ts';
import type { TaskOption } from './task.ts';

type OptionTable = Readonly<Record<string, TaskOption>>;
type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { kind: 'integer' } ? number : string;
};

/** Every option's value, the default where none is given. Throws Fault for an unknown key or a value out of range. */
export function readOptions<Table extends OptionTable>(
  task: string,
  table: Table,
  given: Readonly<Record<string, string | number>> = {},
): OptionValues<Table> {
  const stranger = Object.keys(given).find((key) => !Object.hasOwn(table, key));
  if (stranger !== undefined) {
    const known = Object.keys(table).join(', ');
    const expected = known === '' ? 'no options' : `one of ${known}`;
    throw new Fault({ what: 'unknown option', where: `task ${task}`, expected, got: stranger });
  }
  const entries = Object.entries(table).map(([name, option]) => {
    const value = Object.hasOwn(given, name) ? given[name] : option.default;
    return [name, checked(`task ${task}, option ${name}`, option, value)];
  });
  // The entries are the table's own keys, each checked against its kind.
  return Object.fromEntries(entries) as OptionValues<Table>;
}

function checked(where: string, option: TaskOption, value: string | number | undefined): string | number {
  if (option.kind === 'choice') {
    if (typeof value === 'string' && option.of.includes(value)) return value;
    throw new Fault({ what: 'bad option', where, expected: `one of ${option.of.join(', ')}`, got: String(value) });
  }
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= option.from && number <= option.to) {
    return number;
  }
  const expected = `an integer from ${option.from} to ${option.to}`;
  throw new Fault({ what: 'bad option', where, expected, got: String(value) });
}
