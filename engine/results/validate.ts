/** Turns a failed zod check into the one error a user sees. Imports terms only. */
import type * as z from 'zod';
import { Fault } from '../terms/fault.ts';

/** The value as the schema declares it; otherwise a Fault that names the field, what was expected and what came. */
export function validate<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  const issue = deepest(outcome.error.issues);
  throw new Fault({
    what: issue.code === 'unrecognized_keys' ? 'unknown field' : 'wrong value',
    where: [where, ...issue.path.map(String)].join('.'),
    expected: expectation(issue),
    got: describe(valueAt(value, issue.path)),
  });
}

type Issue = z.core.$ZodIssue;

/** In a failed union the issue that got furthest into the value says most. */
function deepest(issues: readonly Issue[]): Issue {
  const candidates = issues.flatMap((issue) => [issue, ...branches(issue)]);
  const [first, ...rest] = candidates;
  if (first === undefined) throw new RangeError('validate: a failed check without an issue');
  return rest.reduce((best, issue) => (issue.path.length > best.path.length ? issue : best), first);
}

function branches(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [];
  return issue.errors.flat().map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'unrecognized_keys':
      return `no field ${issue.keys.join(', ')}`;
    case 'too_small':
      return `${issue.origin} ${issue.inclusive === false ? 'above' : 'of at least'} ${issue.minimum}`;
    case 'too_big':
      return `${issue.origin} ${issue.inclusive === false ? 'below' : 'of at most'} ${issue.maximum}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object with ${Object.keys(value).slice(0, 8).join(', ')}`;
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
}
