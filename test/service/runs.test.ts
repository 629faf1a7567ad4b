import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../engine/results/runs.ts';
import { isRunId, newRunId } from '../../engine/service/runs/runId.ts';
import type { Run } from '../../engine/service/runs/run.ts';
import { RunStore } from '../../engine/service/runs/runStore.ts';
import { projectFolder } from '../../engine/service/userFolders.ts';
import { faultOf } from '../files/temporary.ts';
import { ablateJob, unitRow } from './fakeHost.ts';
import { followed, machine, newFolder, rowsOf } from './project.ts';

function recordOf(id: string, changes: Partial<RunRecord['summary']> = {}): RunRecord {
  return {
    version: 1,
    summary: {
      ...{
        id,
        call: 'ablate',
        title: 'A run',
        tags: [],
        note: '',
        state: 'running',
        created: '2030-01-01T00:00:00.000Z',
      },
      ...{ model: null, prompts: null, seconds: 0, rows: 0, progress: null, rate: null, secondsLeft: null },
      ...{ error: null, warnings: [], from: null, resumed: 0 },
      ...changes,
    },
    job: ablateJob(),
    ...{ fingerprint: null, tokenizer: null, machine, plan: {}, result: null },
  };
}

const held: Run[] = [];
afterEach(async () => {
  await Promise.all(held.splice(0).map((run) => run.release()));
});

const first = '2030-01-01-ablate-ioi-0001';

async function withRun(rows = 3): Promise<{ folder: string; store: RunStore; run: Run; path: string }> {
  const folder = newFolder();
  const store = await RunStore.open(folder);
  const run = await store.create(recordOf(first));
  held.push(run);
  for (let i = 0; i < rows; i++) await run.append(unitRow(i));
  await run.save();
  return { folder, store, run, path: join(folder, 'runs', first) };
}

/** What a kill leaves: the files, and an owner that does not live. */
function kill(path: string): void {
  const [name = ''] = readdirSync(path).filter((file) => file.startsWith('owner.'));
  const owner = JSON.parse(readFileSync(join(path, name), 'utf8')) as object;
  writeFileSync(join(path, name), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }));
}

describe('the name of a run', () => {
  it('is safe and tells what it is', () => {
    const id = newRunId(new Date('2026-11-25T23:59:00Z'), 'ablateSets', '../My prompts (2).jsonl');
    expect(id).toMatch(/^2026-11-25-ablatesets-my-prompts-2-jsonl-[0-9a-f]{4}$/);
    expect(isRunId(id)).toBe(true);
    expect(newRunId(new Date(0), 'pull', '日本語')).toMatch(/^1970-01-01-pull-[0-9a-f]{4}$/);
  });

  it.each([
    '',
    '.',
    '..',
    '../2030-01-01-a',
    '2030-01-01-a/b',
    '2030-01-01-a\\b',
    'CON',
    '2030-01-01-',
    `2030-01-01-${'a'.repeat(200)}`,
  ])('is not "%s"', (id) => {
    expect(isRunId(id)).toBe(false);
  });
});

describe('a run on disk', () => {
  it('is seen by another process as running, and can not be taken from it', async () => {
    const { folder } = await withRun();
    const other = await RunStore.open(folder);
    expect((await other.list()).runs).toMatchObject([{ id: first, state: 'running' }]);
    expect(await faultOf(() => other.take(first))).toMatch(/another process is at work/);
    expect(await faultOf(() => other.label({ run: first, title: 'Mine' }))).toMatch(/another process/);
    expect(await faultOf(() => other.bin(first, false))).toMatch(/the run goes on/);
  });

  it('is interrupted when its process is dead, and belongs to one of several who take it', async () => {
    const { folder, path } = await withRun();
    kill(path);
    const stores = await Promise.all(Array.from({ length: 8 }, () => RunStore.open(folder)));
    expect((await stores[0]?.list())?.runs).toMatchObject([{ state: 'interrupted', rows: 3 }]);
    const taken = await Promise.allSettled(stores.map((store) => store.take(first)));
    const winners = taken.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    held.push(...winners);
    expect(winners).toHaveLength(1);
    expect(readdirSync(path).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is free again once it is released', async () => {
    const { folder, store, run } = await withRun();
    await store.release(run);
    const other = await RunStore.open(folder);
    const again = await other.take(first);
    expect(again.summary.rows).toBe(3);
    await other.release(again);
  });

  it.each(['{"kind":"un', '\0\0\0\0', '{"kind":"unit"'])('loses a torn last line: %j', async (torn) => {
    const { folder, path } = await withRun();
    const whole = readFileSync(join(path, 'rows.jsonl'), 'utf8');
    appendFileSync(join(path, 'rows.jsonl'), torn);
    kill(path);
    const store = await RunStore.open(folder);
    expect(rowsOf(await followed(store, first))).toHaveLength(3);
    const run = await store.take(first);
    expect(readFileSync(join(path, 'rows.jsonl'), 'utf8')).toBe(whole);
    await run.append(unitRow(3));
    expect(rowsOf(await followed2(run, store))).toHaveLength(4);
  });

  it('keeps every bit of a number, and arrays in a file of their own', async () => {
    const { store, run, path } = await withRun(0);
    await store.release(run);
    const id = '2030-01-01-capture-prompts-0002';
    const data = Float32Array.from([0.1, -1e-42, 3.4e38]);
    const value = { axes: 'H', shape: [3], data };
    const edits = [{ site: 'z', operation: { kind: 'add', value, times: 1 } }] as const;
    const job = { call: 'capture', request: { model: '/m', prompts: [], sites: ['z'], edits } } as const;
    const captured = await store.create({ ...recordOf(id, { call: 'capture' }), job });
    await captured.append({ kind: 'rows', from: 0, name: 'z.0', axes: 'B', shape: [3], data });
    await captured.save();
    await store.release(captured);
    const folder = join(path, '..', id);
    expect(readFileSync(join(folder, 'rows.jsonl'), 'utf8')).toContain('"$tensor":"row-0.safetensors"');
    expect(readdirSync(join(folder, 'tensors')).toSorted()).toEqual(['request.safetensors', 'row-0.safetensors']);
    expect((await store.get(id)).record.job).toEqual(job);
    expect(rowsOf(await followed(store, id))).toMatchObject([{ event: { data } }]);
    const numbers = { mean: 0.1 + 0.2, standardError: 5e-324, interval: [-1 / 3, 1e308], n: 3 } as const;
    const other = await store.create(recordOf('2030-01-01-ablate-ioi-0003'));
    await other.append({ kind: 'unit', layer: 0, head: 0, effect: numbers, kl: numbers });
    await store.release(other);
    expect(rowsOf(await followed(store, other.id))).toMatchObject([{ event: { effect: numbers } }]);
  });

  it('is not listed as none where the project folder is gone', async () => {
    const folder = newFolder();
    const store = await RunStore.open(folder);
    renameSync(folder, `${folder}-moved`);
    const said = await faultOf(() => store.list());
    expect(said).toContain('the project cannot be read');
    expect(said).toContain(join(folder, 'runs'));
  });

  it('is labelled, binned and brought back', async () => {
    const { store, run, path } = await withRun();
    expect(await store.label({ run: first, title: 'Mine', tags: ['a'], note: 'n' })).toMatchObject({ title: 'Mine' });
    run.change({ state: 'done' });
    await run.save();
    await store.release(run);
    expect(await store.label({ run: first, note: 'm' })).toMatchObject({ title: 'Mine', note: 'm', state: 'done' });
    // A field that is left and the next one that is typed into may come together.
    await Promise.all([store.label({ run: first, title: 'Ours' }), store.label({ run: first, tags: ['b'] })]);
    expect((await store.get(first)).record.summary).toMatchObject({ title: 'Ours', tags: ['b'], note: 'm' });
    await store.bin(first, false);
    expect((await store.list()).runs).toEqual([]);
    expect((await store.list({ binned: true })).runs).toMatchObject([{ id: first, note: 'm' }]);
    expect((await store.get(first)).record.summary.note).toBe('m');
    expect(await store.bin(first, true)).toBe(path);
    expect(await faultOf(() => store.bin(first, true))).toMatch(/no such run/);
  });
});

describe('a folder that came from elsewhere', () => {
  const reasonOf = async (spoil: (path: string) => void): Promise<string> => {
    const { folder, store, run, path } = await withRun();
    await store.release(run);
    spoil(path);
    const { runs, problems } = await (await RunStore.open(folder)).list();
    expect(runs).toEqual([]);
    return problems[0]?.reason ?? '';
  };
  const rewrite = (change: (record: Record<string, unknown>) => unknown) => (path: string) => {
    const file = join(path, 'run.json');
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
  };

  it.each<[string, (path: string) => void, RegExp]>([
    ['another version', rewrite((record) => ({ ...record, version: 2 })), /version of the record: expected 1, got 2/],
    ['no summary', rewrite((record) => ({ ...record, summary: undefined })), /summary: wrong value/],
    ['a list', rewrite(() => []), /not the record of a run/],
    ['no JSON', (path) => writeFileSync(join(path, 'run.json'), '{'), /not valid JSON/],
    ['the name of another run', (path) => renameSync(path, path.replace('0001', '0009')), /of another run/],
    [
      'a name that is none of ours',
      (path) => renameSync(path, path.replace(basename(path), 'My run')),
      /name of a run/,
    ],
  ])('is listed with the reason: %s', async (_, spoil, reason) => {
    expect(await reasonOf(spoil)).toMatch(reason);
  });

  it('is not followed where it is a link', async () => {
    const elsewhere = await withRun();
    await elsewhere.store.release(elsewhere.run);
    const folder = newFolder();
    const store = await RunStore.open(folder);
    symlinkSync(elsewhere.path, join(folder, 'runs', first));
    expect((await store.list()).problems[0]?.reason).toMatch(/not a folder: got a link/);
    expect(await faultOf(() => store.get(first))).toMatch(/a link/);
    expect(await faultOf(() => store.take(first))).toMatch(/a link/);
    const record = await withRun();
    await record.store.release(record.run);
    for (const name of ['run.json', 'rows.jsonl']) {
      renameSync(join(record.path, name), join(record.folder, name));
      symlinkSync(join(record.folder, name), join(record.path, name));
    }
    expect((await record.store.list()).problems[0]?.reason).toMatch(/not a file: got a link/);
    expect(await faultOf(() => record.store.take(first))).toMatch(/a link/);
  });

  it('reads no tensor from outside', async () => {
    const { store, run, path } = await withRun();
    await store.release(run);
    appendFileSync(join(path, 'rows.jsonl'), '{"kind":"unit","$tensor":"../../x.safetensors","name":"a"}\n');
    expect(await faultOf(() => followed(store, first))).toMatch(/a reference to a tensor/);
  });

  it('with rows that are none is refused, by line', async () => {
    const { store, run, path } = await withRun();
    await store.release(run);
    const rows = join(path, 'rows.jsonl');
    appendFileSync(rows, '{"kind":"unit"}\n');
    expect(await faultOf(() => followed(store, first))).toMatch(/rows.jsonl, line 4\.event/);
    writeFileSync(rows, `nonsense\n${readFileSync(rows, 'utf8')}`);
    expect(await faultOf(() => store.take(first))).toMatch(/line 1: not a row of a run/);
  });
});

describe('a project', () => {
  it('lists the newest first, and sees what another process did', async () => {
    const folder = newFolder();
    const [store, other] = [await RunStore.open(folder), await RunStore.open(folder)];
    const ids = ['2030-01-01-ablate-ioi-0001', '2030-01-02-ablate-ioi-0001', '2030-01-02-ablate-ioi-0002'];
    for (const id of ids) {
      const run = await other.create(recordOf(id, { created: `${id.slice(0, 10)}T00:00:00.000Z` }));
      expect((await store.list()).runs[0]?.state).toBe('running');
      run.change({ state: 'done' });
      await run.save();
      await other.release(run);
    }
    expect((await store.list()).runs.map(({ id, state }) => [id, state])).toEqual(
      ids.toReversed().map((id) => [id, 'done']),
    );
  });

  it('takes away what was left half made, when it is old', async () => {
    const folder = newFolder();
    await RunStore.open(folder);
    const draft = join(folder, 'runs', `.${first}.77.part`);
    mkdirSync(draft);
    await RunStore.open(folder);
    expect(existsSync(draft)).toBe(true);
    const { utimes } = await import('node:fs/promises');
    await utimes(draft, 0, 0);
    await RunStore.open(folder);
    expect(existsSync(draft)).toBe(false);
    expect((await (await RunStore.open(folder)).list()).problems).toEqual([]);
  });

  it.each([
    ['linux', {}, '/home/u/.local/share/headscope/projects/default'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/headscope/projects/default'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/u/.local/share/headscope/projects/default'],
    ['darwin', {}, '/home/u/Library/Application Support/headscope/projects/default'],
    [
      'win32',
      { APPDATA: 'C:\\Users\\u\\AppData\\Roaming' },
      'C:\\Users\\u\\AppData\\Roaming\\headscope\\projects\\default',
    ],
    ['linux', { HEADSCOPE_PROJECT: '/p' }, '/p'],
  ] as const)('lies by default where %s keeps the data of programs: %j', (platform, env, expected) => {
    expect(projectFolder(undefined, { platform, env, home: '/home/u' })).toBe(expected);
    expect(projectFolder('/mine', { platform, env, home: '/home/u' })).toBe('/mine');
  });
});

/** Followed until it is released. */
async function followed2(run: Run, store: RunStore) {
  const events = followed(store, run.id);
  await store.release(run);
  return events;
}
