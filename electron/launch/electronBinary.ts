/** Where Electron's program is, or why there is none to run here. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type Binary = { readonly path: string } | { readonly reason: string };

const FETCH_LIMIT = 300_000;

/** `say` is told before the program is fetched, which happens once and takes a while. */
export async function electronBinary(say: (line: string) => void): Promise<Binary> {
  const obstacle = obstacleHere();
  if (obstacle !== null) return { reason: obstacle };
  const folder = packageFolder();
  if (folder === null) return { reason: 'the package electron is not installed' };
  const found = installed(folder);
  if (found !== null) return { path: found };
  say('Fetching Electron, once ...');
  const failure = await fetched(folder);
  const path = failure === null ? installed(folder) : null;
  return path === null ? { reason: `it could not be fetched: ${failure ?? 'nothing was installed'}` } : { path };
}

/** Known before anything is fetched or started. */
function obstacleHere(): string | null {
  if (process.platform !== 'linux') return null;
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if ((DISPLAY ?? '') === '' && (WAYLAND_DISPLAY ?? '') === '') return 'there is no screen';
  // Chromium's sandbox does not start as root, and the workbench does not run without it.
  return process.getuid?.() === 0 ? 'it does not run as root' : null;
}

function packageFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

/** The package keeps the program's path inside `dist` in path.txt. */
function installed(folder: string): string | null {
  const note = join(folder, 'path.txt');
  const inside = existsSync(note) ? readFileSync(note, 'utf8').trim() : 'electron';
  const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), inside);
  return existsSync(path) ? path : null;
}

/** Null where it worked; otherwise the line of the package's own program that says why not. */
function fetched(folder: string): Promise<string | null> {
  const child = spawn(process.execPath, [join(folder, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_LIMIT,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : reasonOf(said)));
  });
}

function reasonOf(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return lines.find((line) => /error/i.test(line)) ?? lines.find((line) => line !== '') ?? 'no reason was given';
}
