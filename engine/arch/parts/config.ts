/** Reads config values: typed, bounded, and a Fault that names the key where a value is not what it can be. */
import { Fault } from '../../terms/fault.ts';
import type { Config } from '../architecture.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The largest sizes that are believed; a config beyond them is taken for a damaged one. */
export const limits = {
  layers: { min: 1, max: 4096 },
  heads: { min: 1, max: 4096 },
  headWidth: { min: 1, max: 65536 },
  width: { min: 1, max: 2 ** 20 },
  vocabulary: { min: 1, max: 2 ** 24 },
  context: { min: 1, max: 2 ** 30 },
  window: { min: 1, max: 2 ** 30 },
  epsilon: { min: 0, max: 1 },
  positive: { min: Number.MIN_VALUE, max: 1e30 },
  any: { min: -1e30, max: 1e30 },
} as const satisfies Record<string, Range>;

/** Typed reads of one config. A key that is absent or null gives the default; without one it is a Fault. */
export class ConfigReader {
  readonly config: Config;
  readonly #path: string;

  constructor(config: Config, path = '') {
    this.config = config;
    this.#path = path;
  }

  has(key: string): boolean {
    return this.#value(key) !== undefined;
  }

  /** The key is not in the config (a key that is there with null says something else in some families). */
  isAbsent(key: string): boolean {
    return !Object.hasOwn(this.config, key);
  }

  integer(key: string, range: Range, otherwise?: number): number {
    const value = this.#value(key) ?? otherwise;
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max;
    return fits ? value : this.fail(key, `a whole number from ${range.min} to ${range.max}`);
  }

  number(key: string, range: Range, otherwise?: number): number {
    const value = this.#value(key) ?? otherwise;
    const fits = typeof value === 'number' && value >= range.min && value <= range.max;
    return fits ? value : this.fail(key, `a number from ${range.min} to ${range.max}`);
  }

  optionalInteger(key: string, range: Range): number | null {
    return this.has(key) ? this.integer(key, range) : null;
  }

  optionalNumber(key: string, range: Range): number | null {
    return this.has(key) ? this.number(key, range) : null;
  }

  /** A number, null where the config says null, `absent` where it says nothing. */
  absentOr(key: string, range: Range, absent: number | null): number | null {
    return this.isAbsent(key) ? absent : this.optionalNumber(key, range);
  }

  boolean(key: string, otherwise?: boolean): boolean {
    const value = this.#value(key) ?? otherwise;
    return typeof value === 'boolean' ? value : this.fail(key, 'true or false');
  }

  choice<T extends string>(key: string, choices: readonly T[], otherwise?: T): T {
    const value = this.#value(key) ?? otherwise;
    return choices.find((choice) => choice === value) ?? this.fail(key, `one of ${choices.join(', ')}`);
  }

  /** A list with one entry per layer, or null where the key is absent. */
  perLayer<T extends string | number>(key: string, layers: number, allowed: readonly T[]): readonly T[] | null {
    if (!this.has(key)) return null;
    return this.list(key, layers).map(
      (entry) => allowed.find((value) => value === entry) ?? this.fail(key, `a list of ${allowed.join(' or ')}`, entry),
    );
  }

  list(key: string, length: number): readonly unknown[] {
    const value = this.#value(key);
    const fits = Array.isArray(value) && value.length === length;
    return fits ? value : this.fail(key, `a list of ${length} entries`);
  }

  numbers(key: string, length: number, range: Range): number[] {
    return this.list(key, length).map((entry) => {
      const fits = typeof entry === 'number' && entry >= range.min && entry <= range.max;
      return fits ? entry : this.fail(key, `${length} numbers from ${range.min} to ${range.max}`, entry);
    });
  }

  /** A nested object, or null where the key is absent. */
  object(key: string): ConfigReader | null {
    const value = this.#value(key);
    if (value === undefined) return null;
    return isObject(value) ? new ConfigReader(value, `${this.#path}${key}.`) : this.fail(key, 'an object');
  }

  fail(key: string, expected: string, got: unknown = this.config[key]): never {
    throw new Fault({ what: 'config value', where: `config ${this.#path}${key}`, expected, got: showValue(got) });
  }

  #value(key: string): unknown {
    return Object.hasOwn(this.config, key) ? (this.config[key] ?? undefined) : undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A config value in an error: JSON, cut short. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
