/** Faults of requests to an attention source. */
import { Fault } from '../../terms/fault.ts';
import type { Range } from './attentionAnswers.ts';

export function requireIndex(what: string, index: number, bound: number): void {
  if (Number.isInteger(index) && index >= 0 && index < bound) return;
  throw new Fault({ what: `${what} out of range`, expected: `0 to ${bound - 1}`, got: String(index) });
}

export function requireCount(what: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least) return;
  throw new Fault({ what, expected: `a whole number from ${least}`, got: String(count) });
}

export function requireRange(what: string, [from, to]: Range, bound: number): void {
  const fits = Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= bound;
  if (fits) return;
  throw new Fault({ what: `range of ${what}`, expected: `within 0 to ${bound}`, got: `${from} to ${to}` });
}

/** Cells that a range which begins at a multiple of step lies in. */
export function cellsOf(what: string, [from, to]: Range, step: number): Range {
  if (from % step === 0) return [from / step, Math.ceil(to / step)];
  throw new Fault({ what: `first of the ${what}`, expected: `a multiple of ${step}`, got: String(from) });
}
