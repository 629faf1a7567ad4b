/** `headscope export`: a run as a file that other tools read. */
import { exportFormat } from '../../results/runs.ts';
import { writeAtomically } from '../../files/writeAtomically.ts';
import { checkOutput } from '../output.ts';
import type { Command } from './command.ts';
import { projectOption, runOf } from './ofProject.ts';

const formats = exportFormat.options.join(', ');

export const exportRun: Command = {
  name: 'export',
  summary: 'write a run as a file that other tools read',
  usage: ['export RUN --format heads.json|csv|rows.jsonl|bundle.zip [--out F] [--project DIR]'],
  about: [
    'heads.json: which heads matter, of ablate and attribute. csv: a table. rows.jsonl: everything that came, in order. bundle.zip: the whole folder of the run, with a page that says what is in it.',
  ],
  examples: ['headscope export 2026-11-25-ablate-ioi-3f9a --format csv'],
  options: {
    format: { type: 'string', value: 'F', about: formats },
    out: {
      type: 'string',
      value: 'F',
      about: 'the file to write, never over one that exists (default: named by the run)',
    },
    ...projectOption,
  },
  calls: 'records',
  needsProject: true,
  async run(input, { client, stdout }) {
    const run = runOf(input);
    const format =
      input.choice('format', exportFormat.options) ?? input.fail('--format is missing', { expected: formats });
    const out = input.path('out');
    if (out !== undefined) await checkOutput(out);
    const { name, data } = await client.export({ run, format });
    await writeAtomically(out ?? name, [data]);
    await stdout.write(`${out ?? name}\n`);
    return 0;
  },
};
