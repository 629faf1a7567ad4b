/**
 * `npm run screenshots -- [models] [heads] ... [finding]`: real pictures of the workbench into docs/pictures, in the sizes and
 * themes below; all of them where none is named. Always with the packaged browser and its fonts, so that they are alike
 * everywhere. `finding`, the picture of the README, needs the real model (HEADSCOPE_MODELS): it is left as it is without.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../browser/chromium.ts';
import type { Served } from '../e2e/served.ts';
import { startServing } from '../e2e/served.ts';
import { openWindow } from '../e2e/window.ts';
import { arrangeFinding, findingView, realModel } from './finding.ts';
import { palettePng } from './palettePng.ts';
import type { Scene } from './scenes.ts';
import { prepare, scenes } from './scenes.ts';
import { renamePaths, steadyPicture } from './steady.ts';

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const findingSize = { width: 1440, height: 900 } as const;
const themes = ['light', 'dark'] as const;

type Size = { readonly width: number; readonly height: number };
type Theme = (typeof themes)[number];

const root = join(import.meta.dirname, '..', '..', '..');
const folder = join(root, 'docs', 'pictures');

const named = process.argv.slice(2);
const isWanted = (id: string) => named.length === 0 || named.includes(id);
const unknown = named.filter((id) => id !== 'finding' && !scenes.some((scene) => scene.id === id));
if (unknown.length > 0) {
  console.error(`no picture of ${unknown.join(', ')}: ${[...scenes.map(({ id }) => id), 'finding'].join(', ')}`);
  process.exit(2);
}

mkdirSync(folder, { recursive: true });
const browser = await launchChromium({ packaged: true });
try {
  const wanted = scenes.filter(({ id }) => isWanted(id));
  if (wanted.length > 0) await withServer((served) => takeScenes(served, wanted));
  if (isWanted('finding')) await takeFinding();
} finally {
  await browser.close();
}

async function withServer(take: (served: Served) => Promise<void>): Promise<void> {
  const served = await startServing();
  try {
    await take(served);
  } finally {
    await served.stop();
  }
}

async function takeScenes(served: Served, wanted: readonly Scene[]): Promise<void> {
  const first = await openWindow(browser, served.url);
  await prepare(first.page);
  await first.close();
  for (const size of sizes)
    for (const theme of themes)
      await inWindow(browser, served, '', size, theme, async (page, take) => {
        for (const { id, arrange } of wanted) {
          await arrange(page);
          await take(`${id}-${size.width}x${size.height}-${theme}.png`);
        }
      });
}

async function takeFinding(): Promise<void> {
  const model = realModel(root);
  if (model === null) {
    console.error('finding: the real model is absent, the picture stays as it is');
    return;
  }
  await withServer(async (served) => {
    for (const theme of themes)
      await inWindow(browser, served, findingView, findingSize, theme, async (page, take) => {
        await arrangeFinding(page, model);
        await take(`finding-${theme}.png`);
      });
  });
}

type Page = Awaited<ReturnType<typeof openWindow>>['page'];

async function inWindow(
  on: Browser,
  served: Served,
  view: string,
  viewport: Size,
  colorScheme: Theme,
  look: (page: Page, take: (file: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const window = await openWindow(on, served.url, view, { viewport, colorScheme, reducedMotion: 'reduce' });
  const names = { [served.project]: '~/heads', [served.folder]: '~', [root]: '~/headscope' };
  await look(window.page, async (file) => {
    await steadyPicture(window.page);
    await renamePaths(window.page, names);
    const picture = palettePng(await steadyPicture(window.page));
    writeFileSync(join(folder, file), picture);
    console.log(`${file}, ${Math.round(picture.length / 1000)} kB`);
  });
  await window.close();
}
