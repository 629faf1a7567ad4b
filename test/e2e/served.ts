/** The workbench as its user has it: `headscope serve` as a process of its own, with a project and settings that nobody has used. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From here, or from where this is compiled to. */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const dist = existsSync(here('../../engine/service/cli.js')) ? here('../..') : here('../../dist');
const built = (path: string) => join(dist, path);
const cli = built('engine/service/cli.js');

/** False before `npm run build` and `npm run build:ui`. */
export const isServable = existsSync(cli) && existsSync(built('renderer/index.html'));

export interface Served {
  /** With the token. */
  readonly url: string;
  readonly origin: string;
  readonly project: string;
  /** A folder for the test's own files; it ends with the server. */
  readonly folder: string;
  /** Process that computes, or null while there is none. */
  readonly computePid: () => number | null;
  readonly stop: () => Promise<void>;
}

export async function startServing(): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'headscope-e2e-'));
  const project = join(folder, 'project');
  const env = { ...process.env, XDG_DATA_HOME: folder, HF_HOME: join(folder, 'hub') };
  const child = spawn(process.execPath, [cli, 'serve', '--project', project], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  return {
    ...{ url, project, folder, origin: new URL(url).origin },
    computePid: () => newestChild(child.pid ?? 0),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`headscope serve ended with ${code}`);
  });
  const said = await Promise.race([once(child.stdout?.setEncoding('utf8') ?? child, 'data'), ended]);
  ended.catch(() => undefined);
  return String(said[0]).trim();
}

function newestChild(parent: number): number | null {
  try {
    const list = execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' });
    return Number(list.trim().split(/\s+/).at(-1)) || null;
  } catch {
    return null;
  }
}
