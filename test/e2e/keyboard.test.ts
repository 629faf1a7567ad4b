/** The main path without a mouse: open a model, choose a head, look, take heads out, keep the set, export, replay. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { focusHead, headGrid, inspector, isMeasured, isQuiet, modelChip, placeIn } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

describe.skipIf(!isServable)('by keys alone (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    window = await openWindow(browser, served.url, 'panes=heads&task=ioi&n=16&seed=0');
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
  });

  test('everything on the main path can be done', { timeout: 300_000 }, async () => {
    const { page } = window;
    const { keyboard } = page;
    await isMeasured(page);
    await isQuiet(page);

    await tabTo(page, '[role=gridcell][aria-label^="layer "]');
    await focusHead(headGrid(placeIn(page, 'Heads')), { layer: 2, head: 3 });
    await keyboard.press('Enter');
    await inspector(page).getByRole('heading', { name: 'L2H3', exact: true }).waitFor();

    await keyboard.press('4');
    const attention = placeIn(page, 'Attention');
    await attention.getByRole('grid', { name: /^Attention map of L2H3/ }).waitFor({ state: 'attached' });
    await attention
      .getByRole('region', { name: /^Query .* attends to$/ })
      .getByRole('listitem')
      .first()
      .waitFor();

    await keyboard.press('5');
    const ablate = placeIn(page, 'Ablate');
    await ablate.waitFor();
    await tabTo(page, '[role=gridcell][aria-label^="layer "]');
    const grid = ablate.getByRole('grid', { name: 'Heads, MLPs and layers to paint' });
    for (const head of [0, 1]) {
      await focusHead(grid, { layer: 1, head });
      await keyboard.press('Space');
    }
    await ablate.getByText(/next tokens \d+ ms · metric \d+ ms/).waitFor();
    await ablate.getByRole('heading', { name: 'Ablate 2 heads: zero' }).waitFor();

    await keyboard.press('s');
    const saving = page.getByRole('dialog', { name: 'Save a set of 2 heads' });
    await saving.waitFor();
    await keyboard.type('by keys');
    await keyboard.press('Enter');
    await saving.waitFor({ state: 'detached' });

    await keyboard.press('3');
    await placeIn(page, 'Heads').waitFor();
    await keyboard.press('e');
    await menuTo(page, 'Save the run as heads.json');
    const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toMatch(/heads.*\.json$/);

    await keyboard.press('0');
    const runs = placeIn(page, 'Runs');
    await runs.getByRole('row', { name: /^Zero ablation of heads/ }).waitFor();
    await tabTo(page, 'table[role=grid]');
    await keyboard.press('End');
    await runs.getByRole('button', { name: 'Re-run' }).waitFor();
    await keyboard.press('Control+Enter');
    await runs
      .getByRole('status')
      .getByText(/^Identical in all \d+ rows, to the last bit\.$/)
      .waitFor();

    await keyboard.press('Control+o');
    await page.getByPlaceholder('A model, or the path of one').waitFor();
    await keyboard.type('planted-ioi');
    await page.getByRole('option', { name: /^planted-ioi/, selected: true }).waitFor();
    await keyboard.press('Enter');
    const opening = page.getByRole('dialog', { name: 'Open planted-ioi' });
    await opening.getByText('Closes tiny-heads: one model is in memory at a time.').waitFor();
    await keyboard.press('Enter');
    await opening.waitFor({ state: 'detached' });
    await modelChip(page).getByText('4 × 4 heads').waitFor();
  });
});

/** By the tab key, as far as it takes. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 100; presses++) {
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the tab key does not come to ${selector}`);
}

/** By the arrow key, in the menu that is open; its focus follows a moment later. */
async function menuTo(page: Page, entry: string): Promise<void> {
  const focused = page.locator('[role=menuitem]:focus');
  const shown = async () => ((await focused.count()) === 0 ? '' : await focused.innerText());
  await page.getByRole('menu').waitFor();
  for (let presses = 0; presses < 20; presses++) {
    const before = await shown();
    if (before.includes(entry)) return;
    await page.keyboard.press('ArrowDown');
    await vi.waitUntil(async () => (await shown()) !== before);
  }
  throw new Error(`the menu has no entry ${entry}`);
}
