/** The control process over real compute processes: what is on disk and on screen when they die. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Client, EventOf } from '../../engine/results/index.ts';
import { connect, pair, serve } from '../../engine/results/index.ts';
import type { JobRequest, RunRow } from '../../engine/results/runs.ts';
import type { Workbench } from '../../engine/service/control/workbench.ts';
import { createWorkbench } from '../../engine/service/control/workbench.ts';
import { isBuilt, spawner } from './compute.ts';
import { newFolder } from './project.ts';

const models = fileURLToPath(new URL('../../fixtures/models', import.meta.url));
const [tiny, planted] = [join(models, 'tiny-heads'), join(models, 'planted-induction')];

const benches: Workbench[] = [];
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.dispose()));
});

async function started(project = newFolder()) {
  const spawned = spawner();
  const places = { bundled: models, hub: '/nowhere', lmStudio: [] };
  const bench = await createWorkbench({ project, spawn: spawned.spawn, settingsFolder: newFolder(), places });
  benches.push(bench);
  return { ...spawned, bench, project, client: clientOf(bench) };
}

function clientOf({ service }: Workbench): Client {
  const carrier = pair();
  serve(service, carrier.server);
  return connect(carrier.client);
}

function ablation(n: number, model = tiny): JobRequest {
  const prompts = { kind: 'task', task: 'ioi', n, seed: 1 } as const;
  return { call: 'ablate', request: { model, ablation: 'mean', unit: 'head', seed: 1, prompts } };
}

/** What happened so far, and a promise of what is waited for. */
function watched(client: Client) {
  const events: EventOf<'watch'>[] = [];
  const waiting = new Set<() => void>();
  const controller = new AbortController();
  const following = (async () => {
    for await (const event of client.watch({}, { signal: controller.signal })) {
      events.push(event);
      for (const look of waiting) look();
    }
  })().catch(() => undefined);
  const sees = (is: (event: EventOf<'watch'>) => boolean) =>
    new Promise<EventOf<'watch'>>((resolve) => {
      const look = () => {
        const found = events.find(is);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const stop = async () => {
    controller.abort();
    await following;
  };
  return { events, sees, stop };
}

/** Follows a run to its end; `onRow` is told of each row as it comes. */
async function rowsOf(client: Client, run: string, onRow: (row: RunRow) => void = () => undefined): Promise<RunRow[]> {
  let rows: RunRow[] = [];
  for await (const event of client.follow({ run })) {
    if (event.kind !== 'rows') continue;
    rows = [...rows.slice(0, event.from), ...event.rows];
    for (const row of event.rows) onRow(row);
  }
  return rows;
}

const unitsOf = (rows: readonly RunRow[]) => rows.map(({ event }) => event).filter(({ kind }) => kind === 'unit');

describe.skipIf(!isBuilt)('a workbench (needs npm run build)', () => {
  it('goes on with a job whose compute process is killed, to the same numbers to the last bit', async () => {
    const { client, children } = await started();
    const watching = watched(client);
    const { run: whole } = await client.start({ job: ablation(48) });
    const expected = unitsOf(await rowsOf(client, whole));
    expect(expected).toHaveLength(32);

    const { run } = await client.start({ job: ablation(48), from: whole });
    let killed = false;
    const rows = await rowsOf(client, run, ({ event }) => {
      if (event.kind !== 'unit' || killed) return;
      killed = true;
      children[0]?.kill();
    });
    expect(unitsOf(rows)).toEqual(expected);
    expect(children).toHaveLength(2);
    const { record } = await client.record({ run });
    expect(record.summary).toMatchObject({ state: 'done', resumed: 1, from: whole });
    await watching.sees((event) => event.kind === 'notice' && /signal SIGKILL.* goes on/.test(event.notice.text));
    await watching.stop();
    const compared = await client.compare({ a: whole, b: run });
    expect(compared).toMatchObject({ different: 0, onlyA: 0, onlyB: 0 });
  });

  it('answers what somebody waits for while a job runs', async () => {
    const { client } = await started();
    const { run } = await client.start({ job: ablation(48) });
    let state = 'running';
    const following = rowsOf(client, run).then(() => (state = 'done'));
    const prompt = { ids: [5, 6, 7] };
    const { before } = await client.run({ model: tiny, prompt, top: 1 });
    expect([before.length, state]).toEqual([1, 'running']);
    await client.steer({ run, action: 'cancel' });
    await following;
    expect((await client.record({ run })).record.summary.state).toBe('cancelled');
  });

  it('pauses a job when another model is asked for, and tells every watcher', async () => {
    const { bench, client } = await started();
    const others = [watched(client), watched(clientOf(bench))];
    const { run } = await client.start({ job: ablation(64) });
    await Promise.all(others.map(({ sees }) => sees((event) => event.kind === 'resident' && event.resident !== null)));
    await client.run({ model: planted, prompt: { ids: [5, 6, 7] }, top: 1 });
    for (const { sees, stop } of others) {
      await sees((event) => event.kind === 'job' && event.job.id === run && event.job.state === 'paused');
      await sees(
        (event) => event.kind === 'notice' && /was paused: another model was asked for/.test(event.notice.text),
      );
      await sees((event) => event.kind === 'resident' && event.resident?.path === planted);
      await stop();
    }
    await client.steer({ run, action: 'resume' });
    expect((await client.record({ run })).record.summary.state).toBe('waiting');
  });

  it('leaves a job that its end interrupts to the next one', async () => {
    const first = await started();
    const { run } = await first.client.start({ job: ablation(48) });
    await first.client.follow({ run }).next();
    await first.bench.dispose();
    benches.splice(0);
    expect(await first.children[0]?.exited).toBe('code 0');

    const second = await started(first.project);
    const { runs } = await second.client.runs({});
    expect(runs).toMatchObject([{ id: run, state: 'interrupted' }]);
    await second.client.steer({ run, action: 'resume' });
    expect(unitsOf(await rowsOf(second.client, run))).toHaveLength(32);
    expect(readFileSync(join(first.project, 'logs', 'headscope.log'), 'utf8')).toMatch(
      /started[\s\S]*ended[\s\S]*started/,
    );
  });

  it('remembers what was opened, lists it, and names nobody in its diagnostics', async () => {
    const { client, project } = await started();
    const watching = watched(client);
    await client.run({ model: planted, prompt: { ids: [5, 6, 7] }, top: 1 });
    await watching.sees((event) => event.kind === 'resident' && event.resident?.path === planted);
    const { sources } = await client.library({});
    expect(sources.map(({ id }) => id)).toEqual(['bundled', 'recent', 'hub']);
    expect(sources.find(({ id }) => id === 'recent')?.models.map(({ path }) => path)).toEqual([planted]);
    const { text } = await client.diagnostics({});
    expect(text).toMatch(/model: .*planted-induction, .* 2 layers of 4 heads/);
    expect(text).not.toContain(`${homedir()}/`);
    await watching.stop();
    expect(existsSync(join(project, 'logs', 'headscope.log'))).toBe(true);
  });

  it('keeps head sets and tells who watches', async () => {
    const { client } = await started();
    const watching = watched(client);
    await watching.sees(({ kind }) => kind === 'snapshot');
    const set = {
      version: 1,
      ...{ name: 'movers', note: '', created: '2026-01-01T00:00:00Z' },
      ...{ model: { name: 'tiny', fingerprint: 'f' }, heads: [{ layer: 1, head: 2 }] },
    } as const;
    expect((await client.headSet({ action: 'save', set })).sets).toEqual([set]);
    await watching.sees(({ kind }) => kind === 'headSets');
    expect((await client.headSet({ action: 'delete', name: 'movers' })).sets).toEqual([]);
    await watching.stop();
  });

  it('lets a client of the network open what is listed, and nothing else', async () => {
    const { bench } = await started();
    const carrier = pair();
    serve(bench.restricted({ mayAddFolders: false }), carrier.server);
    const client = connect(carrier.client);
    expect((await client.info({ model: planted })).shape.layers).toBe(2);
    const elsewhere = fileURLToPath(new URL('../../fixtures', import.meta.url));
    await expect(client.info({ model: elsewhere })).rejects.toThrow(/outside the folders that were listed/);
    await expect(client.start({ job: ablation(4, elsewhere) })).rejects.toThrow(/outside the folders that were listed/);
    expect((await client.runs({})).runs).toEqual([]);
  });
});
