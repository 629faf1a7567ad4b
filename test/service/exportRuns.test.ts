/** Runs of the retrieval laboratory, as far as they came, in the forms of other tools. */
import { describe, expect, it } from 'vitest';
import { importScores } from '../../engine/exports/importScores.ts';
import type { Client, RequestOf } from '../../engine/results/index.ts';
import type { JobRequest } from '../../engine/results/runs.ts';
import { exportRun } from '../../engine/service/runs/exportRun.ts';
import { detection, heads, retrievedRun, streaming } from '../exports/laboratory.ts';
import { faultOf } from '../files/temporary.ts';
import { FakeHost } from './fakeHost.ts';
import { project } from './project.ts';

const record = detection([retrievedRun(0, true), retrievedRun(1, false), retrievedRun(2, true)]);

async function* retrieve(): ReturnType<Client['retrieve']> {
  yield { kind: 'start', header: record.header };
  yield* record.rows;
  const counts = { mode: 'generate', runs: 2, passed: 2, total: 3, needles: 1, zero: 0, atLeastTenth: 1 } as const;
  return { seconds: 1, warnings: [], ...counts, heads: [], stability: null, settled: false };
}

async function* streamingHeads(): ReturnType<Client['streamingHeads']> {
  yield { kind: 'start', header: streaming.header };
  yield* streaming.groups;
  return { seconds: 1, keep: streaming.keep ?? [], echo: [], induction: [], warnings: [] };
}

const grids = [{ lengths: [512], depths: [0] }];
const runs = { kind: 'grid', grids, haystack: { kind: 'stories' }, template: 'plain', prompt: 'answer' } as const;
const retrieval: JobRequest = { call: 'retrieve', request: { model: '/m', runs, mode: 'generate', seed: 0 } };
const keep = { echo: 0.01, induction: 0.14 };
const streams: JobRequest = { call: 'streamingHeads', request: { model: '/m', n: 2, keep, prior: null, seed: 0 } };

type Choice = Omit<RequestOf<'export'>, 'run'>;

/** A job that is done, to be exported. */
async function exportOf(job: JobRequest) {
  const within = await project(new FakeHost({ retrieve, streamingHeads }));
  const run = await within.queue.start({ job });
  await within.reaches(run, 'done');
  while (within.store.owned(run) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
  const exported = (choice: Choice) => exportRun(within.store, { run, ...choice });
  const text = async (choice: Choice) => new TextDecoder().decode((await exported(choice)).data);
  return { run, exported, text };
}

describe('a detection of retrieval heads', () => {
  it('goes out as a LOCOS envelope with every run in it, and comes back', async () => {
    const { run, exported, text } = await exportOf(retrieval);
    const { name, data, mediaType } = await exported({ format: 'locos' });
    expect([name, mediaType]).toEqual([`${run}.scores.json`, 'application/json']);
    const { meta } = JSON.parse(new TextDecoder().decode(data)) as { meta: { trials: unknown[] } };
    expect(meta.trials).toHaveLength(3);
    const { tables } = importScores({ files: [{ name, data }] });
    expect([...(tables[0]?.values ?? [])]).toEqual(heads.map((head) => head / 4 + 1));
    expect(await text({ format: 'locos', metric: 'locos' })).toMatch(/"method":"logit_contribution"/);
  });

  it('goes out as lists and tables of the score that is named', async () => {
    const { text } = await exportOf(retrieval);
    expect(JSON.parse(await text({ format: 'wu', metric: 'capped' }))['1-3']).toEqual([1, 1]);
    expect((await text({ format: 'csv' })).trimEnd().split('\n')).toHaveLength(1 + 3 * 8);
  });

  it('goes out in no form that would say something else', async () => {
    const { exported } = await exportOf(retrieval);
    const refused: readonly (readonly [Choice, RegExp])[] = [
      [{ format: 'locos', metric: 'x' }, /no numbers of this id: expected copy, locos, got x/],
      [{ format: 'wu' }, /several tables: expected one of them, chosen by its id, got copy, capped, locos/],
      [{ format: 'heads.json' }, /retrieve gives no heads\.json/],
      [{ format: 'duo-attention', metric: 'copy' }, /of another unit: expected a table of KV groups/],
    ];
    for (const [choice, message] of refused) expect(await faultOf(() => exported(choice))).toMatch(message);
  });
});

describe('how far KV heads look back', () => {
  it("goes out as RazorAttention's list; what was not measured is not ranked", async () => {
    const { exported, text } = await exportOf(streams);
    expect(JSON.parse(await text({ format: 'razor' }))).toEqual({ 1: [0] });
    const ranked = () => exported({ format: 'razor', metric: 'echo', remove: 1 });
    expect(await faultOf(ranked)).toMatch(/units without a number can not be ranked/);
  });
});
