/** `headscope task`: can the model do the task? */
import type { ResultOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import { formatTable, quoted, signed } from '../table.ts';
import { describeBaseline } from './baseline.ts';
import type { Command, Context } from './command.ts';
import { asJson, followed, jsonOption, openModel, taskOption, taskOptions, weightsOption } from './shared.ts';

export const task: Command = {
  name: 'task',
  summary: 'whether a model can do a task at all; alone, the list of tasks',
  usage: ['task MODEL NAME [--n 64] [--seed 0] [--option K=V ...] [--show 3] [--json]', 'task [--json]'],
  about: [
    'Mean metric and accuracy over n generated prompts with 95 % intervals. A circuit of a behaviour that a model lacks is noise.',
    'Against wrong answers a model does the task when the whole interval of its metric is above 0; otherwise when its accuracy is above one half.',
  ],
  examples: [
    'headscope task',
    'headscope task model.gguf ioi --n 100 --show 3',
    'headscope task model.gguf keyValue --option pairs=6',
  ],
  options: {
    n: { type: 'string', value: 'N', about: 'how many prompts (default 64)' },
    seed: { type: 'string', value: 'N', about: 'of the prompts and the bootstrap (default 0)' },
    ...taskOption,
    show: { type: 'string', value: 'N', about: 'how many prompts to show (default 3)' },
    ...weightsOption,
    ...jsonOption,
  },
  async run(input, context) {
    const [model, name, ...rest] = input.positionals;
    if (model === '') return input.fail('no model', { expected: 'the path of a model', got: 'an empty name' });
    if (model === undefined) return listTasks(input, context);
    if (name === undefined)
      return input.fail('no task', { expected: 'task MODEL NAME (headscope task lists the names)' });
    if (rest.length > 0) return input.fail('one argument too many', { expected: 'MODEL NAME', got: rest.join(' ') });
    const weights = input.choice('weights', ['auto', 'float32', 'quantised', 'mapped']);
    const held = { model, ...(weights === undefined ? {} : { weights }) };
    const options = taskOptions(input);
    const request = {
      ...{ ...held, task: name, ...options },
      n: input.integer('n', { otherwise: 64, from: 1, to: 100_000 }),
      seed: input.integer('seed', { otherwise: 0, from: Number.MIN_SAFE_INTEGER }),
      show: input.integer('show', { otherwise: 3, from: 0, to: 1000 }),
    };
    await openModel(context, { ...held, plan: { task: { name, ...options } } });
    const result = await followed(context, 'running', (options) => context.client.task(request, options));
    await context.stdout.write(input.flag('json') ? asJson(result) : describe(result));
    return 0;
  },
};

async function listTasks(input: Input, { client, stdout, signal }: Context): Promise<number> {
  const { tasks } = await client.tasks({}, { signal });
  const rows = tasks.map(({ id, metric, title, about }) => [id, metric, title, firstSentence(about)]);
  const table = `${formatTable([{ title: 'task' }, { title: 'metric' }, { title: 'title' }, { title: 'is' }], rows)}\n${optionTable(tasks)}`;
  await stdout.write(input.flag('json') ? asJson(tasks) : table);
  return 0;
}

function optionTable(tasks: ResultOf<'tasks'>['tasks']): string {
  const rows = tasks.flatMap(({ id, options }) =>
    Object.entries(options).map(([name, option]) => [
      id,
      `--option ${name}=${option.default}`,
      option.kind === 'choice' ? option.of.join(', ') : `${option.from} to ${option.to}`,
      option.about,
    ]),
  );
  return formatTable([{ title: 'task' }, { title: 'option and default' }, { title: 'among' }, { title: 'is' }], rows);
}

/** The tasks' descriptions go on to say what corrupt and negative prompts are; --json has all of it. */
function firstSentence(text: string): string {
  return `${text.split('. ')[0]?.replace(/\.$/, '')}.`;
}

function describe({ model, task: about, baseline, remaining, notes, shown }: ResultOf<'task'>): string {
  const words = remaining.map(({ words: kind, kept, of }) => `${kind} ${kept} of ${of}`);
  const usable = words.length === 0 ? [] : [`words that are one token: ${words.join(', ')}\n`];
  const rows = shown.map((prompt) => [
    quoted(prompt.text),
    prompt.answers.map(quoted).join(' '),
    prompt.wrong.slice(0, 3).map(quoted).join(' '),
    quoted(prompt.predicted),
    signed(prompt.metric),
  ]);
  const titles = ['prompt', 'answer', 'wrong', 'predicted', 'metric'].map((title) => ({ title }));
  const table = rows.length === 0 ? [] : [`\n${formatTable(titles, rows)}`];
  const head = `${about.title} (${about.id}) on ${model.name}\n\n${describeBaseline(about.id, baseline)}`;
  return [head, ...usable, ...notes.map((note) => `${note}\n`), ...table].join('');
}
