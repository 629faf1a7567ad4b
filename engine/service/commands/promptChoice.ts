/** Which prompts a command measures on: those of a task, or a file. */
import type { RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import { readTextFile } from '../textFile.ts';
import type { Option } from './command.ts';
import { taskOption, taskOptions } from './shared.ts';

type Prompts = RequestOf<'ablate'>['prompts'];

export const promptOptions = {
  task: { type: 'string', value: 'NAME', about: 'the task to make prompts of (headscope task lists them)' },
  prompts: { type: 'string', value: 'F.jsonl', about: 'prompts of your own' },
  n: { type: 'string', value: 'N', about: 'how many prompts of the task (default 64)' },
  seed: { type: 'string', value: 'N', about: 'of the prompts and the bootstrap (default 0)' },
  ...taskOption,
} as const satisfies Record<string, Option>;

/** Throws Fault for none, both, or a setting that these prompts do not have. */
export async function readPrompts(input: Input): Promise<Prompts> {
  if (input.oneOf(['task', 'prompts']) === 'task') {
    return {
      kind: 'task',
      task: input.required('task'),
      n: input.integer('n', { otherwise: 64, from: 1, to: 100_000 }),
      seed: readSeed(input),
      ...taskOptions(input),
    };
  }
  if (input.text('n') !== undefined) input.fail('--n belongs to --task', { got: 'a prompt file' });
  if (input.texts('option').length > 0) input.fail('--option belongs to --task', { got: 'a prompt file' });
  return { kind: 'file', file: await readTextFile(input.required('prompts')) };
}

export function readSeed(input: Input): number {
  return input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER });
}

/** What opening the model should be ready for. */
export function planOf(prompts: Prompts): Pick<RequestOf<'open'>, 'plan'> {
  if (prompts.kind === 'file') return {};
  const { task: name, options } = prompts;
  return { plan: { task: { name, ...(options === undefined ? {} : { options }) } } };
}
