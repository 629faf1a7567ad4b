/** Names of runs, which are the names of their folders: `2026-11-25-ablate-ioi-3f9a`. */
import { randomBytes } from 'node:crypto';
import { Fault } from '../../terms/fault.ts';

const LONGEST_PART = 40;

/** Date (UTC), call, what it is about, and four random digits: sorts by date, and is a folder's name on every system. */
export function newRunId(created: Date, call: string, about: string | null): string {
  const parts = [created.toISOString().slice(0, 10), slug(call), slug(about ?? ''), randomBytes(2).toString('hex')];
  return parts.filter((part) => part !== '').join('-');
}

/** Throws Fault for what is no run's name: nothing else may become part of a path. */
export function requireRunId(id: string): void {
  if (isRunId(id)) return;
  throw new Fault({ what: 'no run has such a name', expected: 'a name such as 2026-11-25-ablate-ioi-3f9a', got: id });
}

export function isRunId(id: string): boolean {
  return id.length <= 120 && /^\d{4}-\d{2}-\d{2}(-[a-z0-9]+)+$/.test(id);
}

function slug(text: string): string {
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-+/, '').slice(0, LONGEST_PART).replace(/-+$/, '');
}
