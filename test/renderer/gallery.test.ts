/**
 * Every drawing of the gallery, in light and dark, against its picture in snapshots/. HEADSCOPE_UPDATE=1 writes the
 * pictures anew; on a difference the new one is written beside as NAME-changed.png.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import pixelmatch from 'pixelmatch';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryCases } from '../../renderer/gallery/galleryCases.tsx';
import { launchChromium } from '../browser/chromium.ts';
import type { ServedFolder } from '../browser/serveFolder.ts';
import { serveFolder } from '../browser/serveFolder.ts';

/** A pixel differs where its colour is further off than a tenth of the way from black to white. */
const pixelTolerance = 0.1;
/** Of the picture's pixels. */
const differingShare = 0.002;

const snapshots = join(import.meta.dirname, 'snapshots');
const update = process.env['HEADSCOPE_UPDATE'] === '1';

describe('the gallery', () => {
  let browser: Browser;
  let served: ServedFolder;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(snapshots, { recursive: true });
    served = await serveFolder(join(import.meta.dirname, '..', '..', 'dist', 'renderer'));
    browser = await launchChromium({ packaged: true });
    page = await browser.newPage({
      viewport: { width: 640, height: 400 },
      deviceScaleFactor: 1,
      reducedMotion: 'reduce',
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  for (const { name } of galleryCases) {
    for (const theme of ['light', 'dark']) {
      it(`draws ${name}, ${theme}`, async () => {
        complaints.length = 0;
        await page.goto(`${served.url}/gallery.html?case=${name}&theme=${theme}`);
        await page.waitForSelector('body[data-ready]');
        const picture = await page.locator('.case').screenshot({ animations: 'disabled' });
        expect(complaints).toEqual([]);
        compare(`${name}-${theme}`, picture);
        expect(await accessFaults(page)).toEqual([]);
      });
    }
  }
});

/** Of the drawing alone: it has no page around it, so the rules for whole pages do not count. */
async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run('.case', {
      // A token's label says its place too, and what is seen of it may be signs only.
      rules: { region: { enabled: false }, 'label-content-name-mismatch': { enabled: false } },
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

function compare(name: string, picture: Buffer): void {
  const [path, changedPath] = [join(snapshots, `${name}.png`), join(snapshots, `${name}-changed.png`)];
  if (update) {
    writeFileSync(path, picture);
    rmSync(changedPath, { force: true });
    return;
  }
  const found = existsSync(path) ? differing(PNG.sync.read(readFileSync(path)), PNG.sync.read(picture)) : 1;
  if (found > differingShare) writeFileSync(changedPath, picture);
  expect(found, `share of pixels that differ; see ${changedPath}`).toBeLessThanOrEqual(differingShare);
}

/** Share of pixels, 1 where the sizes differ. */
function differing(before: PNG, after: PNG): number {
  const { width, height } = before;
  if (after.width !== width || after.height !== height) return 1;
  return (
    pixelmatch(before.data, after.data, undefined, width, height, { threshold: pixelTolerance }) / (width * height)
  );
}
