/** `headscope export`: a run as a file that other tools read. */
import { writeAtomically } from '../../files/writeAtomically.ts';
import { formatsThatWrite } from '../../exports/writeTables.ts';
import { exportFormat } from '../../results/runs.ts';
import { checkOutput } from '../output.ts';
import { formatTable } from '../table.ts';
import type { Command } from './command.ts';
import { projectOption, runOf } from './ofProject.ts';
import { choiceOf, choiceOptions } from './tableChoice.ts';

const formats = exportFormat.options.join(', ');

export const exportRun: Command = {
  name: 'export',
  summary: 'write a run as a file that other tools read',
  usage: ['export RUN --format F [--metric ID] [--remove N] [--out F] [--project DIR]', 'export --formats'],
  about: [
    'heads.json: which heads matter, of ablate and attribute. csv: a table. rows.jsonl: everything that came, in order. bundle.zip: the whole folder of the run, with a page that says what is in it.',
    'All others are forms of other tools, of ablate, attribute and scores; --formats lists them. Forms with one number a head need --metric where the run has several; lists of what goes or stays need --remove. A folder comes as a zip file. What the form can not say of the numbers is said on standard error.',
  ],
  examples: [
    'headscope export 2026-11-25-ablate-ioi-3f9a --format csv',
    'headscope export 2026-11-25-ablate-ioi-3f9a --format hf-heads --metric ablation.zero.logitDifference --remove 20',
  ],
  options: {
    format: { type: 'string', value: 'F', about: formats },
    ...choiceOptions,
    formats: { type: 'boolean', about: 'list the forms of other tools, and print nothing else' },
    out: {
      type: 'string',
      value: 'F',
      about: 'the file to write, never over one that exists (default: named by the run)',
    },
    ...projectOption,
  },
  calls: 'records',
  needsProject: true,
  async run(input, { client, stdout, stderr }) {
    if (input.flag('formats')) {
      await stdout.write(formatsTable());
      return 0;
    }
    const run = runOf(input);
    const format =
      input.choice('format', exportFormat.options) ?? input.fail('--format is missing', { expected: formats });
    const out = input.path('out');
    if (out !== undefined) await checkOutput(out);
    const { name, data, notes } = await client.export({ run, format, ...choiceOf(input) });
    await writeAtomically(out ?? name, [data]);
    await stdout.write(`${out ?? name}\n`);
    for (const note of notes) await stderr.write(`note: ${note}\n`);
    return 0;
  },
};

function formatsTable(): string {
  const own = exportFormat.options as readonly string[];
  const rows = formatsThatWrite()
    .filter(({ id }) => own.includes(id))
    .map(({ id, title, file }) => [id, file ?? 'a folder, as zip', title]);
  return formatTable([{ title: 'form' }, { title: 'file' }, { title: 'is' }], rows);
}
