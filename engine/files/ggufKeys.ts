/** Typed reading of an architecture's GGUF metadata that knows which keys were used: one that nobody understood is a Fault. */
import { Fault } from '../terms/fault.ts';
import type { GgufMetadata, GgufValue } from './gguf.ts';

export class GgufKeys {
  readonly file: string;
  readonly architecture: string;
  readonly #metadata: GgufMetadata;
  readonly #used = new Set<string>();

  constructor(file: string, architecture: string, metadata: GgufMetadata) {
    this.file = file;
    this.architecture = architecture;
    this.#metadata = metadata;
  }

  /** A finite number, or the same number for every layer in an array. Null where the key is absent. */
  optional(key: string): number | null {
    const value = this.#value(key);
    if (value === undefined) return null;
    const [first, ...rest] = Array.isArray(value) ? (value as readonly GgufValue[]) : [value];
    if (typeof first !== 'number' || !Number.isFinite(first)) throw this.#wrong(key, 'a number', value);
    if (rest.some((other) => other !== first)) throw this.#wrong(key, 'the same number in every layer', value);
    return shortestFloat(first);
  }

  number(key: string): number {
    const value = this.optional(key);
    if (value !== null) return value;
    throw new Fault({ what: `metadata lacks "${this.architecture}.${key}"`, where: this.file, expected: 'a number' });
  }

  /** A positive integer; null where the key is absent. */
  optionalCount(key: string): number | null {
    const value = this.optional(key);
    if (value !== null && (!Number.isSafeInteger(value) || value < 1))
      throw this.#wrong(key, 'a positive integer', value);
    return value;
  }

  count(key: string): number {
    return this.optionalCount(key) ?? this.number(key);
  }

  boolean(key: string): boolean | null {
    const value = this.#value(key);
    if (value === undefined || typeof value === 'boolean') return value ?? null;
    throw this.#wrong(key, 'true or false', value);
  }

  text(key: string): string | null {
    const value = this.#value(key);
    if (value === undefined || typeof value === 'string') return value ?? null;
    throw this.#wrong(key, 'text', value);
  }

  /** Accepts these keys whatever they hold: they change no numbers. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.#used.add(key);
  }

  /** Accepts a key only at one of these values, or absent. */
  only(key: string, ...values: readonly GgufValue[]): void {
    const value = this.#value(key);
    if (value !== undefined && !values.includes(value)) throw this.#wrong(key, values.map(String).join(' or '), value);
  }

  /** Throws Fault naming the first key of this architecture that nothing has asked for. */
  finish(): void {
    const prefix = `${this.architecture}.`;
    for (const [key, value] of this.#metadata) {
      if (key.startsWith(prefix) && !this.#used.has(key.slice(prefix.length))) {
        throw new Fault({ what: `metadata key "${key}" is not understood`, where: this.file, got: brief(value) });
      }
    }
  }

  #value(key: string): GgufValue | undefined {
    this.#used.add(key);
    return this.#metadata.get(`${this.architecture}.${key}`);
  }

  #wrong(key: string, expected: string, value: GgufValue): Fault {
    return new Fault({ what: `"${this.architecture}.${key}"`, where: this.file, expected, got: brief(value) });
  }
}

function brief(value: GgufValue): string {
  const text = Array.isArray(value) ? `[${value.slice(0, 8).map(String).join(', ')} ...]` : String(value);
  return text.slice(0, 120);
}

/** The shortest decimal that is this float32: 0.000009999999747378752 -> 1e-5, which is what its author wrote. */
function shortestFloat(value: number): number {
  if (Math.fround(value) !== value || Number.isInteger(value)) return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
