/** `headscope serve` as a process: its one line, two clients, Ctrl-C. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from '../../engine/results/index.ts';
import { connect } from '../../engine/results/index.ts';
import { socketPort } from '../../engine/results/socketPort.ts';
import { newFolder } from './project.ts';

const built = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const cli = built('engine/service/cli.js');
const tiny = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const isReady = existsSync(cli) && existsSync(built('renderer/index.html'));

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Served {
  readonly child: ChildProcess;
  readonly url: URL;
  readonly said: { out: string; err: string };
}

async function served(project: string, ...more: readonly string[]): Promise<Served> {
  const env = { ...process.env, XDG_DATA_HOME: newFolder(), HF_HOME: '/nowhere' };
  const child = spawn(process.execPath, [cli, 'serve', '--project', project, ...more], { env, stdio: 'pipe' });
  running.push(child);
  const said = { out: '', err: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  while (!said.out.includes('\n')) await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return { child, url: new URL(said.out.trimEnd()), said };
}

async function clientOf({ url }: Served): Promise<Client> {
  const socket = new WebSocket(`ws://${url.host}/service`, { origin: url.origin });
  await once(socket, 'open');
  socket.send(url.hash.slice('#token='.length));
  await once(socket, 'message');
  return connect(socketPort(socket));
}

async function interrupted({ child }: Served): Promise<number | null> {
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

const prompts = { kind: 'task', task: 'ioi', n: 64, seed: 1 } as const;
const job = { call: 'ablate', request: { model: tiny, ablation: 'zero', unit: 'head', seed: 1, prompts } } as const;

describe.skipIf(!isReady)('headscope serve (needs npm run build and build:ui)', () => {
  it('prints its address alone, serves two clients, and ends on Ctrl-C with what can be gone on with', async () => {
    const project = newFolder();
    const first = await served(project);
    expect(first.said.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}\n$/);
    expect((await fetch(first.url)).status).toBe(200);

    const [one, two] = await Promise.all([clientOf(first), clientOf(first)]);
    const watching = two.watch({});
    expect((await watching.next()).value).toMatchObject({ kind: 'snapshot', project });
    const { run } = await one.start({ job });
    for await (const event of watching) if (event.kind === 'job' && event.job.state === 'running') break;
    for await (const event of two.follow({ run })) if (event.kind === 'rows') break;
    await expect(two.info({ model: '/etc/passwd' })).rejects.toThrow(/outside the folders that were listed/);
    expect(await interrupted(first)).toBe(0);
    expect(first.said).toEqual({ out: `${first.url.href}\n`, err: '' });

    const second = await served(project);
    const later = await clientOf(second);
    expect((await later.runs({})).runs).toMatchObject([{ id: run, state: 'interrupted' }]);
    await later.steer({ run, action: 'resume' });
    for await (const event of later.follow({ run })) void event;
    expect((await later.record({ run })).record.summary).toMatchObject({ state: 'done', resumed: 1 });
    expect(await interrupted(second)).toBe(0);
    const log = readFileSync(join(project, 'logs', 'headscope.log'), 'utf8');
    expect(log).not.toContain(first.url.hash.slice('#token='.length));
  });

  it('warns where other machines can reach it', async () => {
    const server = await served(newFolder(), '--host', '0.0.0.0');
    while (!server.said.err.includes('\n')) await once(server.child.stderr ?? server.child, 'data');
    expect(server.said.err).toMatch(
      /^warning: other machines can reach this address, and what passes is not encrypted/,
    );
    const client = await clientOf(server);
    await expect(client.folders({ add: '/tmp' })).rejects.toThrow(/can not be added from elsewhere/);
    expect(await interrupted(server)).toBe(0);
  });
});
