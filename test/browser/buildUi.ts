/** Before the tests: dist/renderer is built where it is missing or older than what it is made of. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

const root = join(import.meta.dirname, '..', '..');
const sources = ['renderer', 'engine/terms', 'engine/results'];

/** Tests that open the pages; a run of others only does not wait for a build. */
const pageTests = ['test/renderer', 'test/browser', 'test/electron', 'test/e2e'];

export async function setup({ vitest }: TestProject): Promise<void> {
  if (!opensPages(vitest.filenamePattern ?? [])) return;
  const stamp = newest(join(root, 'dist', 'renderer'));
  const changed = Math.max(
    ...sources.map((folder) => newest(join(root, folder))),
    modified(join(root, 'package-lock.json')),
  );
  if (stamp >= changed) return;
  await build({ configFile: join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
}

/** `filters`: what was asked for on the command line; all tests where it is empty. */
function opensPages(filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => pageTests.some((path) => related(filter, path)));
}

function related(filter: string, path: string): boolean {
  const plain = filter.replace(/^\.\//, '');
  return plain.includes(path) || path.startsWith(plain);
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
