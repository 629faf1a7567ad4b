import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findSystemBrowser, launchChromium } from './chromium.ts';

it('prefers CHROME_PATH, then PATH in order, and takes only what can be run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'browsers-'));
  const [named, onPath, plain] = ['mine', 'google-chrome', 'chromium'].map((name) => join(folder, name));
  for (const path of [named, onPath, plain]) writeFileSync(path ?? '', '');
  for (const path of [named, onPath]) chmodSync(path ?? '', 0o755);
  expect(findSystemBrowser({ CHROME_PATH: named, PATH: folder })).toBe(named);
  expect(findSystemBrowser({ CHROME_PATH: join(folder, 'gone'), PATH: `/nowhere:${folder}` })).toBe(onPath);
  expect(findSystemBrowser({ PATH: '/nowhere' })).toBeNull();
});

it('the packaged browser draws WebGL2', async () => {
  const browser = await launchChromium({ packaged: true });
  try {
    const page = await browser.newPage();
    expect(await page.evaluate(`document.createElement('canvas').getContext('webgl2') !== null`)).toBe(true);
  } finally {
    await browser.close();
  }
});
