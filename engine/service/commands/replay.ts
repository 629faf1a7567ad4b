/** `headscope replay`: does the same again and compares the numbers. */
import type { ResultOf } from '../../results/index.ts';
import { count, formatFacts } from '../table.ts';
import type { Command } from './command.ts';
import { projectOption, runOf, watchRun } from './ofProject.ts';
import { asJson, jsonOption } from './shared.ts';

type Compared = ResultOf<'compare'>;

const MOST_SHOWN = 10;

export const replay: Command = {
  name: 'replay',
  summary: 'do a run again and compare the numbers, to the last bit',
  usage: ['replay RUN [--project DIR] [--json]'],
  about: [
    'The repetition is a run of its own. On the same machine with the same versions every number is the same; where one is not, what differs is said.',
  ],
  examples: ['headscope replay 2026-11-25-ablate-ioi-3f9a'],
  options: { ...projectOption, ...jsonOption },
  needsProject: true,
  async run(input, context) {
    const { client, stdout, stderr } = context;
    const from = runOf(input);
    const { record } = await client.record({ run: from });
    const { run } = await client.start({ job: record.job, title: record.summary.title, from });
    await stderr.write(`run: ${run}\n`);
    await watchRun(context, run);
    const compared = await client.compare({ a: from, b: run });
    await stdout.write(input.flag('json') ? asJson({ run, ...compared }) : describe(compared));
    return 0;
  },
};

function describe({ identical, different, largest, onlyA, onlyB, reasons, differences, settings }: Compared): string {
  const facts: (readonly [string, string])[] = [
    ['identical rows', count(identical)],
    ['different rows', count(different)],
    ...(different === 0 ? [] : [['largest difference', String(largest)] as const]),
    ...(onlyA + onlyB === 0 ? [] : [['rows of one alone', `${count(onlyA)} and ${count(onlyB)}`] as const]),
    ...reasons.map((reason) => ['may be because', reason] as const),
    ...[...settings, ...differences].slice(0, MOST_SHOWN).map(({ path, a, b }) => [path, `${a} and ${b}`] as const),
  ];
  return formatFacts(facts);
}
