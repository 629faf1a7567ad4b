/** The whole path in a browser, over a WebSocket. */
import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import type { Carrier } from './carrier.ts';
import { journey } from './journey.ts';
import { isServable, startServing } from './served.ts';
import { openWindow } from './window.ts';

describe.skipIf(!isServable)('in a browser, over a WebSocket (needs npm run build and build:ui)', () => {
  journey(start);
});

async function start(): Promise<Carrier> {
  const [browser, served] = await Promise.all([launchChromium(), startServing()]);
  const { page, close } = await openWindow(browser, served.url);
  return {
    page,
    async saved(act) {
      const [download] = await Promise.all([page.waitForEvent('download'), act()]);
      return readFile(await download.path(), 'utf8');
    },
    async close() {
      await close();
      await browser.close();
      await served.stop();
    },
  };
}
