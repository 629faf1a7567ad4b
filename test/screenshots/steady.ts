/** Pictures of a window that has come to rest. */
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** Milliseconds between two looks, and until a window that never rests is given up. */
const BETWEEN = 200;
const PATIENCE = 60_000;

/** Once two looks are the same to the byte. */
export async function steadyPicture(page: Page): Promise<Buffer> {
  await page.mouse.move(1, 1);
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  const until = performance.now() + PATIENCE;
  let before = await page.screenshot();
  while (performance.now() < until) {
    await setTimeout(BETWEEN);
    const now = await page.screenshot();
    if (now.equals(before)) return now;
    before = now;
  }
  throw new Error(`the window does not come to rest at ${page.url()}`);
}

/** Paths of this machine say nothing to who looks at the picture: each is written as its reader would have it. */
export async function renamePaths(page: Page, names: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate(
    `for (const [path, name] of Object.entries(${JSON.stringify(names)})) {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) texts.currentNode.nodeValue = texts.currentNode.nodeValue.replaceAll(path, name);
    }`,
  );
}
