/**
 * A process to be killed: `node killedJob.js PROJECT MODEL [RUN]` runs a small ablation as a job to its end, or goes on with a
 * run that was killed. Prints `run ID`, then a dot for each row.
 */
import { writeSync } from 'node:fs';
import { connect, pair, serve } from '../../engine/results/index.ts';
import type { ComputeHost } from '../../engine/service/jobs/computeHost.ts';
import { JobQueue } from '../../engine/service/jobs/jobQueue.ts';
import { RunStore } from '../../engine/service/runs/runStore.ts';
import { createService } from '../../engine/service/service.ts';
import { thisMachine } from '../../engine/service/thisMachine.ts';

const [project = '', model = '', known] = process.argv.slice(2);
const { client, server } = pair();
serve(createService().service, server);
const host: ComputeHost = {
  client: connect(client),
  onReplaced: () => () => undefined,
  resident: () => null,
  onResident: () => () => undefined,
};

const store = await RunStore.open(project);
let end: (state: string) => void = () => undefined;
const ended = new Promise<string>((resolve) => (end = resolve));
const queue = new JobQueue(store, host, {
  machine: thisMachine(),
  onChange: ({ state }) => {
    if (state === 'done' || state === 'failed') end(state);
  },
  onRunsChanged: () => undefined,
  onNotice: ({ text }) => say(text),
});
await begin();
const state = await ended;
// What was said last is on disk once the queue is gone.
await queue.dispose();
say(state);
process.exit();

async function begin(): Promise<void> {
  const prompts = { kind: 'task', task: 'ioi', n: 8, seed: 0 } as const;
  const request = { model, prompts, ablation: 'zero', unit: 'head', seed: 0, unitsPerRun: 3 } as const;
  const run = known ?? (await queue.start({ job: { call: 'ablate', request } }));
  if (known !== undefined) await queue.steer({ run, action: 'resume' });
  say(`run ${run}`);
  store.owned(run)?.listen(({ kind }) => {
    if (kind === 'rows') writeSync(1, '.');
  });
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
