import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '../../engine/results/index.ts';
import { connect, drain, pair, serve } from '../../engine/results/index.ts';
import { forkCompute } from '../../engine/service/control/forkCompute.ts';
import { createWorkbench } from '../../engine/service/control/workbench.ts';
import type { Benchmark } from './benchmark.ts';
import { rounded, timed } from './benchmark.ts';

/** How often each thing is asked for. */
const times = 20;

export const responsiveness: Benchmark = {
  id: 'responsive',
  about: 'milliseconds that somebody waits while every head is ablated as a job, and until a cancelled job has stopped',
  async run({ model }) {
    const project = mkdtempSync(join(tmpdir(), 'headscope-bench-'));
    const workbench = await createWorkbench({ project, spawn: forkCompute, settingsFolder: project });
    try {
      const carrier = pair();
      serve(workbench.service, carrier.server);
      return await measure(connect(carrier.client), model);
    } finally {
      await workbench.dispose();
      rmSync(project, { recursive: true, force: true });
    }
  },
};

async function measure(client: Client, model: string) {
  await drain(client.open({ model }), () => undefined);
  // One token: next to nothing but the way there and back and the turn that is waited for.
  const once = (priority: 'interactive' | 'job' = 'interactive') =>
    timed(() => client.run({ model, prompt: { ids: [1] }, top: 1 }, { priority }));
  await once();
  const alone = await series(() => once());
  const run = await startJob(client, model);
  const besideJob = await series(async () => {
    await setTimeout(37);
    return once();
  });
  await client.steer({ run, action: 'cancel' });
  const acknowledged: number[] = [];
  const stopped = await series(async () => {
    const next = await startJob(client, model);
    acknowledged.push(await timed(() => client.steer({ run: next, action: 'cancel' })));
    // What waits behind the job is let in once it has stopped.
    return once('job');
  });
  return {
    ...{ alone: spread(alone), besideJob: spread(besideJob) },
    ...{ cancelAcknowledged: spread(acknowledged), cancelledAndNextDone: spread(stopped) },
  };
}

/** Resolves when the job is among its units. */
async function startJob(client: Client, model: string): Promise<string> {
  const prompts = { kind: 'task', task: 'ioi', n: 16, seed: 0 } as const;
  const request = { model, ablation: 'zero', unit: 'head', seed: 0, prompts } as const;
  const { run } = await client.start({ job: { call: 'ablate', request } });
  for await (const event of client.follow({ run })) {
    if (event.kind === 'rows' && event.rows.some((row) => row.event.kind === 'baseline')) break;
  }
  await setTimeout(200);
  return run;
}

async function series(once: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await once());
  return values;
}

function spread(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? NaN);
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
