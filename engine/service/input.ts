/** The arguments of one command, checked as they are read. */
import { parseArgs } from 'node:util';
import { Fault } from '../terms/fault.ts';
import type { Command } from './commands/command.ts';

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export class Input {
  readonly #command: string;
  readonly #values: Values;
  readonly positionals: readonly string[];

  constructor(command: Command, argv: readonly string[]) {
    const { values, positionals } = parse(command, argv);
    this.#command = command.name;
    this.#values = values;
    this.positionals = positionals;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** The option's value; a Fault where it is not given. */
  required(name: string): string {
    return this.text(name) ?? this.fail(`--${name} is missing`, {});
  }

  /** The name of a file: an empty one, as an unset variable gives, is refused. */
  path(name: string): string | undefined {
    const value = this.text(name);
    return value === '' ? this.fail(`--${name}`, { expected: 'the name of a file', got: 'an empty name' }) : value;
  }

  integer(
    name: string,
    { otherwise, from, to = Number.MAX_SAFE_INTEGER }: { otherwise: number; from: number; to?: number },
  ): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (/^-?\d+$/.test(text) && Number.isSafeInteger(value) && value >= from && value <= to) return value;
    const expected =
      to === Number.MAX_SAFE_INTEGER ? `an integer of at least ${from}` : `an integer from ${from} to ${to}`;
    return this.fail(`--${name}`, { expected, got: text });
  }

  number(name: string, { otherwise, from, to = Infinity }: { otherwise: number; from: number; to?: number }): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= from && value <= to) return value;
    return this.fail(`--${name}`, {
      expected: `a number of at least ${from}${to === Infinity ? '' : ` and at most ${to}`}`,
      got: text,
    });
  }

  choice<T extends string>(name: string, among: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return (
      among.find((one) => one === text) ?? this.fail(`--${name}`, { expected: `one of ${among.join(', ')}`, got: text })
    );
  }

  /** `0-3,7`, lowest first as given. */
  indices(name: string): readonly number[] | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : text.split(',').flatMap((part) => this.#range(name, part));
  }

  /** `1,2,3` */
  tokenIds(name: string): readonly number[] {
    return this.required(name)
      .split(',')
      .map((part) => {
        const id = Number(part);
        if (/^\s*\d+\s*$/.test(part) && Number.isSafeInteger(id)) return id;
        return this.fail(`--${name}`, { expected: 'token ids such as 1,2,3', got: part === '' ? 'nothing' : part });
      });
  }

  /** The only positional argument. */
  model(): string {
    const [path, ...rest] = this.positionals;
    if (path === undefined || path === '')
      return this.fail('no model', {
        expected: 'the path of a model',
        ...(path === '' ? { got: 'an empty name' } : {}),
      });
    if (rest.length > 0)
      return this.fail('one argument too many', { expected: 'the path of a model only', got: rest.join(' ') });
    return path;
  }

  /** Exactly one of these options. */
  oneOf(names: readonly string[]): string {
    const given = names.filter((name) => this.#values[name] !== undefined);
    const [only] = given;
    const list = names.map((name) => `--${name}`).join(', ');
    if (only === undefined) return this.fail(`one of ${list} is needed`, {});
    return given.length === 1
      ? only
      : this.fail(`only one of ${list}`, { got: given.map((name) => `--${name}`).join(' and ') });
  }

  fail(what: string, details: { readonly expected?: string; readonly got?: string }): never {
    throw new Fault({ what, where: this.#command, ...details });
  }

  #range(name: string, part: string): number[] {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part.trim());
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (match === null || to < from || to - from > 1e6)
      this.fail(`--${name}`, { expected: 'numbers and ranges such as 0-3,7', got: part });
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  }
}

function parse(command: Command, argv: readonly string[]) {
  const options = { ...command.options, help: { type: 'boolean' } as const };
  const config = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { type: option.type, multiple: 'multiple' in option }]),
  );
  try {
    const args = joinNegatives(argv);
    const parsed = parseArgs({ args, options: config, allowPositionals: true, strict: true, tokens: true });
    refuseRepeats(command, parsed.tokens);
    return parsed;
  } catch (error) {
    if (error instanceof Fault) throw error;
    const [what] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw new Fault({
      what: what ?? 'bad arguments',
      where: command.name,
      expected: `options as in headscope ${command.name} --help`,
    });
  }
}

type Token = { readonly kind: string; readonly name?: string };

// Of two values one would be dropped without a word.
function refuseRepeats(command: Command, tokens: readonly Token[]): void {
  const names = tokens.flatMap(({ kind, name }) => (kind === 'option' && name !== undefined ? [name] : []));
  const twice = names.find((name, i) => {
    const option = command.options[name];
    return names.indexOf(name) !== i && option?.type === 'string' && option.multiple !== true;
  });
  if (twice !== undefined)
    throw new Fault({ what: `--${twice} is given twice`, where: command.name, expected: 'once' });
}

// `--seed -1` would otherwise be read as an option named 1.
function joinNegatives(argv: readonly string[]): string[] {
  return argv.reduce<string[]>((joined, part) => {
    const last = joined.at(-1);
    const isValue = /^-\d/.test(part) && last !== undefined && /^--[a-z-]+$/.test(last);
    return isValue ? [...joined.slice(0, -1), `${last}=${part}`] : [...joined, part];
  }, []);
}
