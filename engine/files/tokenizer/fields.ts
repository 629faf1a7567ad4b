/** Reading untrusted JSON and metadata: each reader gives the type asked for or a Fault that names the place. */

import { Fault } from '../../terms/fault.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown, where: string): Fields {
  if (!isRecord(value))
    throw new Fault({ what: 'wrong kind of value', where, expected: 'an object', got: kindOf(value) });
  return value;
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value))
    throw new Fault({ what: 'wrong kind of value', where, expected: 'a list', got: kindOf(value) });
  return value;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string')
    throw new Fault({ what: 'wrong kind of value', where, expected: 'a string', got: kindOf(value) });
  return value;
}

/** More ids than any vocabulary has; a larger one would only buy memory. */
const idLimit = 1 << 22;

export function tokenId(value: unknown, where: string): number {
  const id = typeof value === 'bigint' ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= idLimit)
    throw new Fault({
      what: 'bad token id',
      where,
      expected: `an integer from 0 to ${idLimit - 1}`,
      got: shown(value),
    });
  return id;
}

/** Fault where the ids leave so many gaps that a table by id would be far larger than the file it comes from. */
export function checkDense(highest: number, count: number, where: string): void {
  const most = 4 * count + 10_000;
  if (highest >= most)
    throw new Fault({
      what: 'ids with too many gaps',
      where,
      expected: `at most ${most} for ${count} tokens`,
      got: String(highest),
    });
}

/** The value when it is a token id below `count`, else null. */
export function idOrNull(value: unknown, count: number): number | null {
  const id = typeof value === 'bigint' ? Number(value) : value;
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < count ? id : null;
}

export function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function kindOf(value: unknown): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : value === undefined
        ? 'nothing'
        : `a ${typeof value}`;
}

function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
    ? String(value).slice(0, 80)
    : kindOf(value);
}
