/** The list of tasks: one file and one line here each. */
import { Fault } from '../terms/fault.ts';
import { docstring } from './docstring.ts';
import { genderedPronoun } from './genderedPronoun.ts';
import { greaterThan } from './greaterThan.ts';
import { induction } from './induction.ts';
import { ioi } from './ioi.ts';
import { keyValue } from './keyValue.ts';
import { needle } from './needle.ts';
import { subjectVerb } from './subjectVerb.ts';
import type { Task } from './task.ts';

export const tasks: readonly Task[] = [
  ioi,
  greaterThan,
  induction,
  docstring,
  keyValue,
  needle,
  genderedPronoun,
  subjectVerb,
];

/** By id, however it is hyphenated or capitalised (`greater-than`). Throws Fault for an unknown one, with the known ids. */
export function taskById(id: string): Task {
  const task = tasks.find((one) => plain(one.id) === plain(id));
  if (task !== undefined) return task;
  throw new Fault({ what: 'unknown task', expected: `one of ${tasks.map((one) => one.id).join(', ')}`, got: id });
}

function plain(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
