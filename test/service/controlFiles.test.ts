import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cancelled, Defect } from '../../engine/results/index.ts';
import type { EventOf } from '../../engine/results/index.ts';
import type { HeadSet } from '../../engine/results/workbench.ts';
import { diagnostics, withoutHome } from '../../engine/service/control/diagnostics.ts';
import { EngineLog } from '../../engine/service/control/engineLog.ts';
import { HeadSets } from '../../engine/service/control/headSets.ts';
import { WatchBoard } from '../../engine/service/control/watchBoard.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { faultOf } from '../files/temporary.ts';
import { machine, newFolder } from './project.ts';

const set = (name: string): HeadSet => ({
  version: 1,
  name,
  model: { name: 'm', fingerprint: 'f' },
  heads: [{ layer: 0, head: 1 }],
  note: '',
  created: '2026-01-01T00:00:00.000Z',
});

describe('head sets', () => {
  it('are files of the project, replaced by name, listed in order', async () => {
    const project = newFolder();
    const sets = new HeadSets(project, () => undefined);
    expect(await sets.list()).toEqual([]);
    await sets.save(set('name movers'));
    await sets.save(set('Früh'));
    await sets.save({ ...set('name movers'), note: 'better' });
    expect((await sets.list()).map(({ name, note }) => [name, note])).toEqual([
      ['Früh', ''],
      ['name movers', 'better'],
    ]);
    expect(readdirSync(join(project, 'head-sets'))).toContain('name movers.json');
    await sets.delete('Früh');
    expect(await sets.list()).toHaveLength(1);
    expect(await faultOf(() => sets.delete('Früh'))).toMatch(/no head set of this name/);
  });

  it.each([
    '../x',
    'a/b',
    'a\\b',
    '.hidden',
    '..',
    'CON',
    'com1',
    'a:b',
    'a\u0000b',
    ' a',
    'a ',
    'a.',
    'é'.repeat(150),
  ])('are not called %j', async (name) => {
    const sets = new HeadSets(newFolder(), () => undefined);
    expect(await faultOf(() => sets.save(set(name)))).toMatch(/a name that can not be that of a file/);
    expect(await faultOf(() => sets.delete(name))).toMatch(/a name that can not be that of a file/);
  });

  it('that are broken, links or of another name are left out, and it is said', async () => {
    const project = newFolder();
    const folder = join(project, 'head-sets');
    mkdirSync(folder);
    writeFileSync(join(folder, 'broken.json'), '{');
    writeFileSync(join(folder, 'other.json'), JSON.stringify(set('name')));
    writeFileSync(join(folder, 'good.json'), JSON.stringify(set('good')));
    symlinkSync(join(folder, 'good.json'), join(folder, 'link.json'));
    const problems: string[] = [];
    const sets = new HeadSets(project, (text) => problems.push(text));
    expect((await sets.list()).map(({ name }) => name)).toEqual(['good']);
    expect(problems).toHaveLength(3);
  });
});

describe('the log', () => {
  it('is a line for each thing, without what may be part of a prompt', async () => {
    const project = newFolder();
    const log = await EngineLog.open(project);
    log.write('info', 'started');
    log.failed('run', new Fault({ what: 'bad row', where: 'p.jsonl', got: 'a secret prompt' }));
    log.failed('run', new Cancelled());
    log.failed('ablate', new Defect('RangeError: shapes', 'RangeError: shapes\n    at x.js:1:1'));
    await log.close();
    const text = readFileSync(join(project, 'logs', 'headscope.log'), 'utf8');
    expect(text.replace(/^\d{4}\S+ /gm, '')).toBe(
      'info started\nwarning run: refused: bad row\nerror ablate: RangeError: shapes\n      at x.js:1:1\n',
    );
    expect(log.lastErrors()).toHaveLength(1);
  });

  it('is at most three files of a megabyte', async () => {
    const project = newFolder();
    const log = await EngineLog.open(project);
    for (let i = 0; i < 60; i++) log.write('info', `${i} ${'x'.repeat(2 ** 16)}`);
    await log.close();
    const folder = join(project, 'logs');
    expect(readdirSync(folder).toSorted()).toEqual(['headscope.1.log', 'headscope.2.log', 'headscope.log']);
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).length).toBeLessThan(2 ** 20);
    expect(readFileSync(join(folder, 'headscope.log'), 'utf8')).toMatch(/ info 59 x/);
  });

  it('that can not be written stops nobody', async () => {
    const project = newFolder();
    writeFileSync(join(project, 'logs'), 'a file');
    const log = await EngineLog.open(project);
    log.write('error', 'lost on disk');
    await log.close();
    expect(log.lastErrors()).toHaveLength(1);
  });
});

describe('diagnostics', () => {
  it('name versions, machine and errors, and nobody', () => {
    const text = diagnostics({
      ...{ machine, project: '/p', resident: null, memory: 2 ** 30, jobs: ['ablate running'], errors: ['line'] },
    });
    expect(text).toContain('headscope 0.1.0, onnxruntime 1.0.0');
    expect(text).toContain('compute process: 1024 MiB');
    expect(text).toMatch(/jobs: ablate running\nlast errors:\nline\n$/);
    expect(withoutHome('/home/me/a and /home/me/b', '/home/me')).toBe('~/a and ~/b');
    expect(withoutHome('/a/b', '/')).toBe('/a/b');
  });
});

describe('watching', () => {
  const snapshot = { project: '/p', version: '1', resident: null, memory: null, jobs: [] };
  const options = { priority: 'interactive' } as const;

  async function next(events: AsyncGenerator<EventOf<'watch'>, unknown, void>): Promise<EventOf<'watch'>> {
    const step = await events.next();
    if (step.done === true) throw new RangeError('ended');
    return step.value;
  }

  it('begins with how things stand, and goes on with what changes, for each watcher', async () => {
    const board = new WatchBoard(() => snapshot);
    board.notice({ level: 'info', text: 'before' });
    const { signal } = new AbortController();
    const watchers = [board.watch({}, { signal, ...options }), board.watch({}, { signal, ...options })];
    for (const watcher of watchers) {
      expect(await next(watcher)).toMatchObject({ kind: 'snapshot', ...snapshot, notices: [{ text: 'before' }] });
    }
    board.tell({ kind: 'memory', memory: 5 });
    for (const watcher of watchers) expect(await next(watcher)).toEqual({ kind: 'memory', memory: 5 });
  });

  it('tells a slow watcher the last of each thing, and every notice', async () => {
    const board = new WatchBoard(() => snapshot);
    const { signal } = new AbortController();
    const watcher = board.watch({}, { signal, ...options });
    await next(watcher);
    for (let memory = 0; memory < 1000; memory++) board.tell({ kind: 'memory', memory });
    board.notice({ level: 'info', text: 'one' });
    board.notice({ level: 'warning', text: 'two' });
    board.tell({ kind: 'runs' });
    const told = [await next(watcher), await next(watcher), await next(watcher), await next(watcher)];
    expect(told).toMatchObject([
      { kind: 'memory', memory: 999 },
      { kind: 'notice', notice: { text: 'one' } },
      { kind: 'notice', notice: { text: 'two' } },
      { kind: 'runs' },
    ]);
  });

  it('ends when it is cancelled', async () => {
    const board = new WatchBoard(() => snapshot);
    const controller = new AbortController();
    const watcher = board.watch({}, { signal: controller.signal, ...options });
    await next(watcher);
    const waiting = next(watcher).catch((error: unknown) => error);
    controller.abort();
    expect(await waiting).toBeInstanceOf(Cancelled);
  });
});
