/** What is offered of a run is what can be written of it, and everything that can be is offered. */
import { describe, expect, it } from 'vitest';
import type { Client, ResultOf } from '../../engine/results/index.ts';
import type { JobRequest } from '../../engine/results/runs.ts';
import { exportFormat } from '../../engine/results/runs.ts';
import { exportForms } from '../../engine/service/runs/exportForms.ts';
import { exportRun } from '../../engine/service/runs/exportRun.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { detection, retrievedRun, streaming } from '../exports/laboratory.ts';
import { FakeHost } from './fakeHost.ts';
import { project } from './project.ts';

const record = detection([retrievedRun(0, true), retrievedRun(1, true)]);

async function* retrieve(): ReturnType<Client['retrieve']> {
  yield { kind: 'start', header: record.header };
  yield* record.rows;
  const counts = { mode: 'generate', runs: 2, passed: 2, total: 2, needles: 1, zero: 0, atLeastTenth: 1 } as const;
  return { seconds: 1, warnings: [], ...counts, heads: [], stability: null, settled: false };
}

async function* streamingHeads(): ReturnType<Client['streamingHeads']> {
  yield { kind: 'start', header: streaming.header };
  yield* streaming.groups;
  return { seconds: 1, keep: streaming.keep ?? [], echo: [], induction: [], warnings: [] };
}

const grids = [{ lengths: [512], depths: [0] }];
const runs = { kind: 'grid', grids, haystack: { kind: 'stories' }, template: 'plain', prompt: 'answer' } as const;
const jobs = {
  retrieve: { call: 'retrieve', request: { model: '/m', runs, mode: 'generate', seed: 0 } },
  streamingHeads: {
    call: 'streamingHeads',
    request: { model: '/m', n: 2, keep: { echo: 0.01, induction: 0.14 }, prior: null, seed: 0 },
  },
} as const satisfies Record<string, JobRequest>;

async function done(job: JobRequest) {
  const { queue, store, reaches } = await project(new FakeHost({ retrieve, streamingHeads }));
  const run = await queue.start({ job });
  await reaches(run, 'done');
  while (store.owned(run) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
  return { run, store, offered: await exportForms(await store.get(run)) };
}

type Form = ResultOf<'exportForms'>['forms'][number];

/** Every way of asking for a form that is offered. */
const waysOf = ({ format, whole, metrics, ranks }: Form) => [
  ...(whole ? [{ format }] : []),
  ...metrics.map((metric) => ({ format, metric })),
  ...ranks.map((metric) => ({ format, metric, remove: 1 })),
];

describe('the forms of a run', () => {
  it.each(['retrieve', 'streamingHeads'] as const)('%s: each that is offered is written, no other is', async (call) => {
    const { run, store, offered } = await done(jobs[call]);
    for (const way of offered.forms.flatMap(waysOf)) {
      const { data } = await exportRun(store, { run, ...way });
      expect(data.length, JSON.stringify(way)).toBeGreaterThan(0);
    }
    const others = exportFormat.options.filter((format) => offered.forms.every((form) => form.format !== format));
    for (const format of others) {
      const choices = offered.numbers.flatMap(({ id }) => [{ metric: id }, { metric: id, remove: 1 }]);
      for (const choice of [{}, ...choices])
        await expect(exportRun(store, { run, format, ...choice })).rejects.toThrow(Fault);
    }
  });

  it('says which numbers a form takes one of', async () => {
    const { offered } = await done(jobs.retrieve);
    const form = (format: Form['format']) => offered.forms.find((one) => one.format === format);
    expect(form('wu')).toMatchObject({ whole: false, metrics: ['copy', 'capped', 'locos'] });
    expect(form('locos')).toMatchObject({ whole: true, metrics: ['copy', 'locos'] });
    expect(form('hf-heads')).toMatchObject({ whole: false, metrics: [], ranks: ['copy', 'capped', 'locos'] });
    expect(form('razor')).toBeUndefined();
    expect(offered.numbers[0]).toMatchObject({ id: 'copy', kind: 'behaviour', unit: 'head', units: 8 });
  });

  it('offers a list that the run itself made as it is', async () => {
    const { offered } = await done(jobs.streamingHeads);
    const razor = offered.forms.find(({ format }) => format === 'razor');
    expect(razor).toMatchObject({ whole: true, metrics: ['keep'] });
    expect(offered.forms.map(({ format }) => format)).toEqual(expect.arrayContaining(['rows.jsonl', 'bundle.zip']));
  });
});
