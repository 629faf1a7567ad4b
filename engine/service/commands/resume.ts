/** `headscope resume`: goes on with a run that was stopped. */
import type { Command } from './command.ts';
import { projectOption, runOf, watchRun } from './ofProject.ts';

export const resume: Command = {
  name: 'resume',
  summary: 'go on with a run that was interrupted, cancelled or failed',
  usage: ['resume RUN [--project DIR]'],
  about: [
    'Ablations of units, pairs and lists, importance, patching grids and scores of weights go on after their last row, to the numbers that they would have had; training goes on at its checkpoint. Everything else begins again.',
  ],
  examples: ['headscope resume 2026-11-25-ablate-ioi-3f9a'],
  options: projectOption,
  needsProject: true,
  async run(input, context) {
    const run = runOf(input);
    await context.client.steer({ run, action: 'resume' });
    const { summary } = await watchRun(context, run);
    await context.stdout.write(`${run}: done, ${summary.rows} rows, ${summary.seconds.toFixed(1)} s\n`);
    for (const warning of summary.warnings) await context.stderr.write(`warning: ${warning}\n`);
    return 0;
  },
};
