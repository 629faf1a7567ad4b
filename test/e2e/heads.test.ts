/** The Heads place from its Run menu to its map: a streaming measure by keys alone, then which heads are alike. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { chooseHead, goTo, inspector, isMeasured, isQuiet } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

describe.skipIf(!isServable)('measures of heads (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    window = await openWindow(browser, served.url, 'panes=heads&task=ioi&n=8&seed=0');
    page = window.page;
    await isMeasured(page);
    await isQuiet(page);
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
  });

  test('a streaming measure is run, found by its words, and has a whole card', async () => {
    const heads = await goTo(page, 'Heads');
    await heads.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Streaming heads: echo and induction/ }).click();
    // Its first measure is shown when it comes.
    const measure = heads.getByRole('combobox', { name: 'Measure', exact: true });
    await measure.getByText('Echo (RazorAttention)').waitFor();
    await isQuiet(page);
    await measure.press('Enter');
    await page.keyboard.type('razor induc');
    await page.getByRole('option', { name: /^Induction \(RazorAttention\)/ }).waitFor();
    await page.keyboard.press('Enter');
    await measure.getByText('Induction (RazorAttention)').waitFor();
    await heads
      .getByRole('grid', { name: 'KV groups by layer: Induction (RazorAttention)' })
      .waitFor({ state: 'attached' });
    await chooseHead(page, 'L2H0');
    const card = inspector(page).getByRole('region', { name: 'What is measured' });
    expect(await card.innerText()).toMatch(
      /behaviour[\s\S]*formula[\s\S]*unit[\s\S]*range\s+0 to 1[\s\S]*Z1 in engine/,
    );
  });

  test('heads that are alike stand together, in the map and in the inspector', async () => {
    const heads = await goTo(page, 'Heads');
    await heads.getByRole('tab', { name: 'Map', exact: true }).click();
    await heads.getByRole('button', { name: 'Draw the map', exact: true }).click();
    await heads.getByText(/rule M1\. ioi, n 8, .* PCA keeps \d+\.\d % of the variance/).waitFor();
    const points = heads.getByRole('grid', { name: 'Heads by likeness, PCA' });
    await points.locator('[role=gridcell][aria-hidden=false]').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const alike = inspector(page).getByRole('region', { name: /^Heads like L\dH\d$/ });
    expect(await alike.getByRole('listitem').allInnerTexts()).toHaveLength(6);
    await heads.getByRole('radio', { name: 'UMAP' }).click();
    await heads.getByText(/UMAP of 10 neighbours, seed 0/).waitFor();
  });
});
