/**
 * Opens an address in the user's browser without naming it on a command line, which every user of the machine can read:
 * a page of the user's own, which leads there, is opened instead.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OpenedPage {
  /** Once the browser is there, or no more. */
  remove(): Promise<void>;
}

/** Rejects with the system's error where no browser can be started. */
export async function openPage(
  url: string,
  launch: (file: string) => Promise<void> = launchBrowser,
): Promise<OpenedPage> {
  // Made with no permissions for others.
  const folder = await mkdtemp(join(tmpdir(), 'headscope-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, 'open.html');
    await writeFile(file, pageTo(url), { mode: 0o600, flag: 'wx' });
    await launch(file);
    return { remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function pageTo(url: string): string {
  const safe = url.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
  return `<!doctype html><meta charset="utf-8"><title>Headscope</title><meta http-equiv="refresh" content="0;url=${safe}"><a href="${safe}">Headscope</a>\n`;
}

function launchBrowser(file: string): Promise<void> {
  const [program, ...args] = opener(process.platform);
  const child = spawn(program, [...args, file], { stdio: 'ignore', detached: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

function opener(platform: NodeJS.Platform): readonly [program: string, ...args: string[]] {
  if (platform === 'darwin') return ['open'];
  return platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
}
