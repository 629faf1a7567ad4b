/** The activation of a feature split through dictionaries of earlier layers, in the window: it adds up, folds, and leads on. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../engine/run/index.ts';
import { writeDictionary } from '../../sae/formats/dictionaryFolder.ts';
import { launchChromium } from '../browser/chromium.ts';
import type { DrawnOptions } from '../sae/features/drawnDictionary.ts';
import { drawnDictionary } from '../sae/features/drawnDictionary.ts';
import { goTo } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const tiny = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const drawn: Readonly<Record<string, DrawnOptions>> = {
  later: { input: { site: 'z', layer: 2, head: 'concatenated' } },
  middle: { input: { site: 'residPost', layer: 1, head: null }, seed: 2 },
  first: { input: { site: 'z', layer: 0, head: 2 }, seed: 3 },
};

describe.skipIf(!isServable)('back through earlier dictionaries (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;
  let place: Locator;
  let steps: Locator;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    const folder = join(served.project, 'dictionaries');
    await writeDrawn(folder);
    const on = `model=${encodeURIComponent(tiny)}&dictionary=${encodeURIComponent(join(folder, 'later'))}&feature=3`;
    window = await openWindow(browser, served.url, `panes=dictionaries&task=ioi&n=4&seed=0&${on}`);
    page = window.page;
    place = await goTo(page, 'SAEs');
    steps = place.getByRole('group', { name: 'Steps back through earlier dictionaries' });
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
  });

  test('splits the feature into features that add up, as far back as asked', async () => {
    await place.getByRole('tab', { name: 'Feature', exact: true }).click();
    await place.getByRole('radio', { name: 'Why on this prompt' }).click();
    await place.getByRole('switch', { name: 'split it' }).click();
    await steps.waitFor();
    await steps.getByRole('button', { name: 'Unfold all', exact: true }).click();
    const sums = await steps.getByText(/^features .* = .*\(rounding /).allInnerTexts();
    expect(sums.length).toBeGreaterThan(1);
    for (const sum of sums) {
      const numbers = numbersIn(sum.slice(0, sum.indexOf('(')));
      const value = numbers.at(-1) ?? NaN;
      expect(Math.abs(numbers.slice(0, -1).reduce((a, b) => a + b, 0) - value)).toBeLessThan(3e-4);
    }
    await steps.getByRole('button', { name: 'Fold all', exact: true }).click();
    expect(await steps.getByText(/\(rounding /).count()).toBe(1);
    await steps
      .getByRole('button', { name: /^What L1\.residPost #\d+ is split into$/ })
      .first()
      .click();
    expect(await steps.getByText(/\(rounding /).count()).toBe(2);
  });

  test('goes through the dictionaries that are chosen alone', async () => {
    const through = place.getByRole('group', { name: 'Through dictionaries' });
    await through.getByRole('button', { name: 'L1.residPost' }).click();
    await steps.getByText('L1.residPost').first().waitFor({ state: 'detached' });
    await through.getByRole('button', { name: 'L0H2.z' }).click();
    await place.getByText('Choose at least one dictionary to go through.').waitFor();
    await through.getByRole('button', { name: 'L1.residPost' }).click();
    await through.getByRole('button', { name: 'L0H2.z' }).click();
  });

  test('leads to the card of a feature, and says where nothing comes before', async () => {
    const row = steps
      .getByRole('listitem')
      .filter({ hasText: /^L0H2\.z/ })
      .first();
    await row.getByText('drawn', { exact: false }).first().waitFor();
    const link = row.getByRole('button', { name: /^#\d+/ }).first();
    const number = /^#(\d+)/.exec(await link.innerText())?.[1];
    await link.click();
    await place.getByText('This dictionary reads layer 0: no layer comes before it.').waitFor();
    expect(await place.getByRole('textbox', { name: 'Feature', exact: true }).inputValue()).toBe(number);
  });
});

async function writeDrawn(folder: string): Promise<void> {
  const model = await openModel(tiny);
  for (const [name, options] of Object.entries(drawn)) {
    const dictionary = drawnDictionary(model, options);
    const labels = new Map(Array.from({ length: dictionary.features }, (_, i) => [i, `drawn ${i}`] as const));
    const stored = { dictionary: { ...dictionary, labels }, training: null, created: '2026-01-01T00:00:00Z' };
    await writeDictionary(join(folder, name), stored);
  }
  await model.dispose();
}

/** With the true minus sign that the window writes. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/[\u2212-]?\d+\.\d+/g)].map(([number]) => Number(number.replace('\u2212', '-')));
}
