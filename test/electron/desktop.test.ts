/**
 * The desktop program as it is built, on the stand-in: real main, preload, page in Chromium, control and compute processes.
 * What only Electron itself can show is listed in standIn/electron.ts.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { standIn } from './standIn/electron.ts';
import { forked } from './standIn/utilityProcess.ts';

vi.mock('electron', () => import('./standIn/electron.ts'));

const built = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const isBuilt =
  existsSync(built('electron/main/main.js')) && existsSync(built('test/electron/standIn/childProcess.js'));

describe.skipIf(!isBuilt)('the desktop program', () => {
  const data = mkdtempSync(join(tmpdir(), 'headscope-desktop-'));
  let page: Page;

  /** The prompts' baseline is measured once the model is open. */
  const opened = () => page.getByText(/\d+\/64 right/).waitFor({ timeout: 45_000 });

  beforeAll(async () => {
    process.env['XDG_DATA_HOME'] = data;
    process.env['HEADSCOPE_PROJECT'] = join(data, 'project');
    await import(built('electron/main/main.js'));
    await vi.waitUntil(() => standIn.windows.length === 1);
    const [window] = standIn.windows;
    await window?.loaded;
    const opened = window?.webContents.page?.page;
    if (opened === undefined) throw new Error('the window has no page');
    page = opened;
  }, 60_000);

  afterAll(async () => {
    await standIn.close();
    rmSync(data, { recursive: true, force: true });
  });

  test('the window is confined: isolated, sandboxed, no Node, its own page only', () => {
    const [window] = standIn.windows;
    expect(window?.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    for (const event of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
      const preventDefault = vi.fn<() => void>();
      window?.webContents.emit(event, { preventDefault });
      expect(preventDefault, event).toHaveBeenCalled();
    }
    expect(window?.webContents.openHandler?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
  });

  test('what a page may ask for is denied, but for writing to the clipboard', () => {
    const contents = standIn.windows[0]?.webContents;
    if (contents === undefined) throw new Error('no window');
    const granted: string[] = [];
    for (const permission of ['geolocation', 'media', 'notifications', 'clipboard-read', 'clipboard-sanitized-write'])
      standIn.permissions?.(contents, permission, (allowed) => allowed && granted.push(permission));
    expect(granted).toEqual(['clipboard-sanitized-write']);
  });

  test('the scheme answers with the files of the interface under the content policy, and with nothing else', async () => {
    const ask = (url: string, method = 'GET') => standIn.handler?.({ url, method });
    const index = await ask('headscope://ui/index.html');
    expect(index?.status).toBe(200);
    expect(index?.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const path of ['/../package.json', '/%2e%2e/%2e%2e/package.json', '/nothing.html', '/assets'])
      expect((await ask(`headscope://ui${path}`))?.status, path).toBe(404);
    expect((await ask('headscope://elsewhere/index.html'))?.status).toBe(403);
    expect((await ask('headscope://ui/index.html', 'POST'))?.status).toBe(403);
  });

  test('the page has the bridge and nothing of Node or Electron', async () => {
    const globals = await page.evaluate(() => ({
      bridge: Object.keys(Reflect.get(globalThis, 'headscope') ?? {}).sort(),
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
    }));
    expect(globals.bridge).toEqual(['chooseFolder', 'chooseModel', 'pathOfFile', 'requestPort', 'saveFile']);
    expect(globals.node).toEqual([]);
  });

  test('opens the bundled model by itself, computed in a process of its own', async () => {
    await opened();
    expect(forked.map(({ serviceName }) => serviceName)).toEqual(['Headscope control', 'Headscope compute']);
  });

  test('a dialog answers the page; a file is saved where the user says', async () => {
    const target = join(data, 'saved.json');
    standIn.answers.push('/models/a.gguf', null, target, null);
    const answers = await page.evaluate(async () => {
      const bridge = Reflect.get(globalThis, 'headscope');
      const bytes = new TextEncoder().encode('{"a":1}');
      return [
        await bridge.chooseModel(),
        await bridge.chooseFolder(),
        await bridge.saveFile('heads.json', bytes),
        await bridge.saveFile('heads.json', bytes),
      ];
    });
    expect(answers).toEqual(['/models/a.gguf', null, target, null]);
    expect(readFileSync(target, 'utf8')).toBe('{"a":1}');
  });

  test('a compute process that dies is replaced; the page goes on', async () => {
    const compute = forked.filter(({ serviceName }) => serviceName === 'Headscope compute');
    process.kill(compute.at(-1)?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(
      () => {
        const now = forked.filter(({ serviceName }) => serviceName === 'Headscope compute');
        expect(now.length).toBe(compute.length + 1);
      },
      { timeout: 15_000 },
    );
  });

  test('a control process that dies is replaced, and the page finds the new one by itself', async () => {
    const before = forked.filter(({ serviceName }) => serviceName === 'Headscope control');
    // One that had lived for a while: one that ends at once is not tried again.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    process.kill(before.at(-1)?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(
      () => {
        const now = forked.filter(({ serviceName }) => serviceName === 'Headscope control');
        expect(now.length).toBe(before.length + 1);
      },
      { timeout: 15_000 },
    );
    // The new one says that it has no model; what ended a process is not done again unasked.
    await page.getByRole('button', { name: 'Open it' }).click({ timeout: 45_000 });
    await opened();
  });
});
