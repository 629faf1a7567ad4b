/** How an error crosses the wire: a Fault with its parts, a defect of ours, or a cancelled call. Imports terms only. */
import * as z from 'zod';
import { Fault } from '../terms/fault.ts';

const faultParts = z.strictObject({
  what: z.string(),
  where: z.string().exactOptional(),
  expected: z.string().exactOptional(),
  got: z.string().exactOptional(),
});

export const errorRecord = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fault'), message: z.string(), parts: faultParts }),
  z.strictObject({ kind: z.literal('defect'), message: z.string(), stack: z.string().exactOptional() }),
  z.strictObject({ kind: z.literal('cancelled'), message: z.string() }),
]);

export type ErrorRecord = z.infer<typeof errorRecord>;

/** The caller aborted. Carries the name that the platform gives to aborts. */
export class Cancelled extends Error {
  override readonly name = 'AbortError';

  constructor(message = 'cancelled') {
    super(message);
  }
}

/** Something on the other side of the wire broke: not the user's doing. */
export class Defect extends Error {
  override readonly name = 'Defect';
  /** Stack of the other side, where it sent one. */
  readonly remoteStack: string | null;

  constructor(message: string, remoteStack: string | null = null) {
    super(message);
    this.remoteStack = remoteStack;
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** An abort counts as `cancelled` only while the call's own signal is aborted: a stray one is a defect. */
export function toRecord(error: unknown, aborted: boolean): ErrorRecord {
  if (error instanceof Fault) return { kind: 'fault', message: error.message, parts: error.parts };
  if (aborted) return { kind: 'cancelled', message: 'cancelled' };
  if (!(error instanceof Error)) return { kind: 'defect', message: String(error) };
  const { message, name } = error;
  const stack = error instanceof Defect ? (error.remoteStack ?? error.stack) : error.stack;
  return { kind: 'defect', message: `${name}: ${message}`, ...(stack === undefined ? {} : { stack }) };
}

export function fromRecord(record: ErrorRecord): Error {
  switch (record.kind) {
    case 'fault':
      return new Fault(record.parts);
    case 'defect':
      return new Defect(record.message, record.stack ?? null);
    case 'cancelled':
      return new Cancelled(record.message);
  }
}
