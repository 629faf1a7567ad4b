/** A dictionary on one head of the bundled model: trained beside its controls, looked at feature by feature, edited. */
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { goTo, isMeasured, isQuiet } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const tiny = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));

describe.skipIf(!isServable)('dictionaries (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    const view = `panes=dictionaries&model=${encodeURIComponent(tiny)}&task=ioi&n=4&seed=0&head=L1H0`;
    window = await openWindow(browser, served.url, view);
    page = window.page;
    await isMeasured(page);
    await isQuiet(page);
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
  });

  test('trains beside controls, and says what came of it', async () => {
    const place = await goTo(page, 'SAEs');
    await place.getByRole('textbox', { name: 'k', exact: true }).fill('3');
    await fill(place, 'Features', '32');
    await fill(place, 'Steps', '40');
    await fill(place, 'Rows a step', '64');
    await fill(place, 'windows', '8');
    await fill(place, 'tokens each', '32');
    await fill(place, 'Tokens of recovered loss, 0: none', '64');
    await place.getByRole('button', { name: 'Start', exact: true }).click();
    await place
      .getByRole('img', { name: /^Fraction of variance unexplained by step, now: L1H0\.z-topK-k3 0\./ })
      .waitFor();
    await isQuiet(page);
    const rows = place.getByRole('grid', { name: 'Dictionaries and controls on held-out rows' }).getByRole('row');
    await rows.filter({ hasText: 'untrained' }).waitFor();
    expect(await rows.filter({ hasText: 'L1H0.z-topK-k3' }).innerText()).toMatch(/z of L1H0\s+32\s+0\.\d+\s+3/);
  });

  test('lists its features, keeps labels, and collects where they are active', async () => {
    const place = await goTo(page, 'SAEs');
    await place.getByRole('tab', { name: 'Dictionaries' }).click();
    const features = place.getByRole('grid', { name: 'Features', exact: true });
    await place.getByRole('button', { name: 'Collect contexts' }).click();
    await place.getByRole('button', { name: 'Collect anew' }).waitFor();
    await isQuiet(page);
    await features.getByRole('row').nth(1).click();
    const label = features.getByRole('textbox', { name: /^Label of feature / });
    await label.fill('a first name');
    await label.press('Enter');
    await place.getByRole('textbox', { name: 'Label or number of a feature' }).fill('first');
    await place.getByText('1 of 32', { exact: true }).waitFor();
  });

  test('shows a feature in context, splits its activation exactly, and edits it', async () => {
    const place = await goTo(page, 'SAEs');
    await place.getByRole('tab', { name: 'Feature', exact: true }).click();
    await place.getByRole('region', { name: 'Strongest' }).getByRole('listitem').first().waitFor();
    await place.getByRole('radio', { name: 'Why on this prompt' }).click();
    const sum = await place.getByText(/^biases .*before the activation function/).innerText();
    const [biases, tokens, total] = numbersIn(sum);
    expect(Math.abs((biases ?? NaN) + (tokens ?? NaN) - (total ?? NaN))).toBeLessThan(2e-4);
    await place.getByRole('radio', { name: 'Change it' }).click();
    await place.getByText(/^KL \d+\.\d{4} nats$/).waitFor();
  });

  test('reads any text', async () => {
    const place = await goTo(page, 'SAEs');
    await place.getByRole('tab', { name: 'Try text' }).click();
    await place.getByRole('textbox', { name: 'Text to read' }).fill('Then Mary gave a drink to');
    const row = place.getByRole('grid', { name: 'Features of each token' }).getByRole('row').nth(3);
    await row.getByRole('button', { name: /^#\d+/ }).first().click();
    await place.getByRole('button', { name: 'Open its card' }).waitFor();
  });
});

async function fill(place: Locator, name: string, text: string): Promise<void> {
  const field = place.getByRole('textbox', { name, exact: true });
  await field.fill(text);
  await field.press('Enter');
}

/** With the true minus sign that the window writes. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/[\u2212-]?\d+\.\d+/g)].map(([number]) => Number(number.replace('\u2212', '-')));
}
