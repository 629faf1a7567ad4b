/** Every place and each of its faces with data on it: axe finds nothing serious, light and dark. */
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { chooseHead, goTo, isMeasured, isQuiet } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

describe.skipIf(!isServable)('for everybody (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    // The policy of the page forbids scripts from elsewhere, which the checker is.
    window = await openWindow(browser, served.url, 'panes=heads&task=ioi&n=16&seed=0', {
      bypassCSP: true,
      reducedMotion: 'reduce',
    });
    page = window.page;
    await page.evaluate(axe.source);
    await isMeasured(page);
    await chooseHead(page, 'L1H0');
    await page.keyboard.press('a');
    await page.keyboard.press('p');
    await isQuiet(page);
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
  });

  test.each(['Models', 'Prompts', 'Heads', 'Attention', 'Ablate', 'Retrieval', 'Circuits', 'SAEs', 'Prune', 'Runs'])(
    '%s keeps the rules',
    async (title) => {
      const place = await goTo(page, title);
      if (title === 'Runs') await place.getByRole('row').nth(1).click();
      const found: string[] = [];
      for (const face of await facesOf(place)) {
        await face?.click();
        await isSettled(page);
        const name = (await face?.innerText()) ?? title;
        for (const finding of await findings(page)) found.push(`${name}: ${finding}`);
      }
      expect(found).toEqual([]);
    },
  );
});

/** Tabs and faces of a place, each to be chosen in turn; null where it has but one. */
async function facesOf(place: Locator): Promise<readonly (Locator | null)[]> {
  await place.getByRole('button').first().waitFor();
  const faces = place.getByRole('radiogroup', { name: /^(Face|What is shown|What is looked at)$/ }).getByRole('radio');
  const all = [...(await place.getByRole('tab').all()), ...(await faces.all())];
  return all.length === 0 ? [null] : all;
}

/** Nothing is on its way any more; what is of the question before is faint meanwhile. */
async function isSettled(page: Page): Promise<void> {
  await page.waitForFunction(
    `document.querySelector('main output.state, main [role=progressbar], [aria-busy=true], [data-stale=true]') === null`,
  );
}

/** All rules in the light; in the dark only what colours change. */
async function findings(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const light = await check(page, '{}');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  const dark = await check(page, `{ runOnly: ['color-contrast', 'link-in-text-block'] }`);
  return [...light.map((text) => `light, ${text}`), ...dark.map((text) => `dark, ${text}`)];
}

async function check(page: Page, options: string): Promise<readonly string[]> {
  return page.evaluate<
    string[]
  >(`axe.run(document, { resultTypes: ['violations'], ...${options} }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(' | ')))`);
}
