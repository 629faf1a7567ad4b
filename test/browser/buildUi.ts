/** Before the tests: dist/renderer is built where it is missing or older than what it is made of. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const sources = ['renderer', 'engine/terms', 'engine/results'];

/** Tests that open the pages; a run of others only does not wait for a build. */
const pageTests = ['test/renderer', 'test/browser', 'test/electron', 'test/e2e'];

export async function setup(): Promise<void> {
  if (!opensPages(process.argv.slice(2))) return;
  const stamp = newest(join(root, 'dist', 'renderer'));
  const changed = Math.max(
    ...sources.map((folder) => newest(join(root, folder))),
    modified(join(root, 'package-lock.json')),
  );
  if (stamp >= changed) return;
  await buildPages();
}

/** In a process of its own: in this one the libraries would be built as for tests. */
async function buildPages(): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', join(root, 'renderer', 'vite.config.ts'), '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, NODE_ENV: 'production' } });
}

/** From the command line: all tests where it names no path of one. */
function opensPages(args: readonly string[]): boolean {
  const paths = args.filter((arg) => arg.includes('test/'));
  return paths.length === 0 || paths.some((path) => pageTests.some((folder) => related(path, folder)));
}

/** Within the folder, or a folder around it. */
function related(path: string, folder: string): boolean {
  return path.includes(folder) || folder.startsWith(path.replace(/^\.\//, '').replace(/\/$/, ''));
}

/** When the last file of a folder was written, in ms; 0 where there is no file. */
function newest(folder: string): number {
  if (!existsSync(folder)) return 0;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return Math.max(0, ...paths.map(modified));
}

function modified(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.mtimeMs : 0;
}
