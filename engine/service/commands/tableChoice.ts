/** Which numbers of several, and how many units go: options of the commands that write other tools' forms. */
import type { Choice } from '../../exports/writeTables.ts';
import type { Input } from '../input.ts';
import type { Option } from './command.ts';

export const choiceOptions = {
  metric: { type: 'string', value: 'ID', about: 'which numbers, for forms that take one a head' },
  remove: {
    type: 'string',
    value: 'N',
    about: 'how many units go, the least worth keeping first: makes a list of them',
  },
} as const satisfies Record<string, Option>;

export function choiceOf(input: Input): Choice {
  const metric = input.text('metric');
  const remove = input.text('remove') === undefined ? undefined : input.integer('remove', { otherwise: 0, from: 0 });
  return { ...(metric === undefined ? {} : { metric }), ...(remove === undefined ? {} : { remove }) };
}
