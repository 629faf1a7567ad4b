/** `headscope runs`: what is kept in a project. */
import type { RunSummary } from '../../results/runs.ts';
import { count, formatTable } from '../table.ts';
import type { Command } from './command.ts';
import { projectOption } from './ofProject.ts';
import { asJson, jsonOption } from './shared.ts';

export const runs: Command = {
  name: 'runs',
  summary: 'list what is kept in a project',
  usage: ['runs [--project DIR] [--binned] [--json]'],
  about: [
    'Newest first. interrupted: the process ended while the run went on; headscope resume goes on with it. What can not be read is said, with the reason.',
  ],
  examples: ['headscope runs', 'headscope runs --project ~/heads --json'],
  options: {
    ...projectOption,
    binned: { type: 'boolean', about: 'those in the bin instead' },
    ...jsonOption,
  },
  calls: 'records',
  needsProject: true,
  async run(input, { client, stdout, stderr, project }) {
    if (input.positionals.length > 0) input.fail('no argument is taken', { got: input.positionals.join(' ') });
    const listed = await client.runs({ binned: input.flag('binned') });
    if (input.flag('json')) await stdout.write(asJson(listed));
    else await stdout.write(listed.runs.length === 0 ? `no runs in ${project}\n` : tableOf(listed.runs));
    for (const { folder, reason } of listed.problems) await stderr.write(`warning: ${folder}: ${reason}\n`);
    return 0;
  },
};

function tableOf(summaries: readonly RunSummary[]): string {
  const columns = [
    ...[{ title: 'run' }, { title: 'state' }, { title: 'rows', align: 'right' as const }],
    ...[{ title: 'model' }, { title: 'title' }],
  ];
  const rows = summaries.map(({ id, state, rows: n, model, title }) => [id, state, count(n), model?.name ?? '', title]);
  return formatTable(columns, rows);
}
