/** The whole path on the desktop, over MessagePorts: the program as it is built, on the stand-in for Electron. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, vi } from 'vitest';
import { standIn } from '../electron/standIn/electron.ts';
import type { Carrier } from './carrier.ts';
import { journey } from './journey.ts';
import { assertWhole, watchPage } from './window.ts';

vi.mock('electron', () => import('../electron/standIn/electron.ts'));

const built = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const isBuilt =
  existsSync(built('electron/main/main.js')) && existsSync(built('test/electron/standIn/childProcess.js'));

describe.skipIf(!isBuilt)('on the desktop, over MessagePorts (needs npm run build and build:ui)', () => {
  journey(start);
});

async function start(): Promise<Carrier> {
  const folder = mkdtempSync(join(tmpdir(), 'headscope-e2e-'));
  process.env['XDG_DATA_HOME'] = folder;
  process.env['HEADSCOPE_PROJECT'] = join(folder, 'project');
  await import(built('electron/main/main.js'));
  await vi.waitUntil(() => standIn.windows.length === 1);
  const [window] = standIn.windows;
  await window?.loaded;
  const page = window?.webContents.page?.page;
  if (page === undefined) throw new Error('the window has no page');
  const broken = watchPage(page);
  return {
    page,
    async saved(act) {
      const target = join(folder, 'saved');
      rmSync(target, { force: true });
      standIn.answers.push(target);
      await act();
      await vi.waitUntil(() => existsSync(target), { timeout: 20_000 });
      return readFileSync(target, 'utf8');
    },
    async close() {
      await standIn.close();
      rmSync(folder, { recursive: true, force: true });
      assertWhole(broken);
    },
  };
}
