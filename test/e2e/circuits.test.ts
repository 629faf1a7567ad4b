/** The circuit bench: methods on the same prompts, a slider whose place is measured on the model, and the circuit as a file. */
import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCircuit } from '../../engine/exports/circuit.ts';
import type { Circuit } from '../../engine/results/circuit.ts';
import { launchChromium } from '../browser/chromium.ts';
import { chooseFromMenu, chooseHead, definitionsIn, goTo, isMeasured, isQuiet } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

describe.skipIf(!isServable)('circuits (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    window = await openWindow(browser, served.url, 'panes=circuits&task=ioi&n=4&seed=0');
    page = window.page;
    await isMeasured(page);
    await isQuiet(page);
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
  });

  test('methods and controls are compared, and the circuit at the slider is measured and saved', async () => {
    const place = await goTo(page, 'Circuits');
    await place.getByRole('button', { name: /^Run \d+ methods$/ }).waitFor();
    await place.getByRole('button', { name: 'Choose methods' }).click();
    await chooseOnly(place, ['Attribution patching', 'Write norm']);
    await place.getByRole('button', { name: 'Start', exact: true }).click();

    await place.getByText(/^Held against top/).waitFor();
    await isQuiet(page);
    const methods = place.getByRole('grid', { name: 'Methods' });
    await methods.getByRole('row', { name: /^Random circuits, mean/ }).waitFor();
    expect(await methods.getByRole('row', { name: /^Attribution patching method \d\.\d\d/ }).count()).toBe(1);
    expect(await methods.getByRole('row', { name: /^Write norm control \d\.\d\d/ }).count()).toBe(1);

    expect(await overflowOf(methods)).toBe(0);
    await place.getByRole('button', { name: 'Ties and cost' }).click();
    await methods.getByRole('columnheader', { name: 'Backward' }).waitFor();
    expect(await overflowOf(methods)).toBe(0);

    await place.getByRole('tab', { name: 'Ranking' }).click();
    await place.getByRole('grid', { name: 'Nodes by score' }).getByRole('row').nth(32).waitFor();

    await place.getByRole('tab', { name: 'Circuit', exact: true }).click();
    await place.getByText(/^Measured on the model.*n 4 prompts/).waitFor();
    const slider = place.getByRole('slider', { name: 'Best nodes that stay' });
    await slider.press('End');
    await place.getByText('32 of 32 nodes stay').waitFor();
    await place.getByText(/^Measured on the model/).waitFor();
    const numbers = await definitionsIn(place.locator('.circuits-numbers'));
    expect(numbers['Faithfulness']).toMatch(/^1\.00 \[1\.00, 1\.00\]/);
    await slider.press('ArrowLeft');
    await place.getByText('31 of 32 nodes stay').waitFor();

    const saved = await savedCircuit(page, '31 nodes', 'Save the best 31 as a circuit file');
    expect(saved).toMatchObject({ level: 'nodes' });
    expect(saved.nodes).toHaveLength(31);
    expect(saved.source).not.toContain('by hand');
  });

  test('what a method scores the heads with colours them, and says on what it was measured', async () => {
    const heads = await goTo(page, 'Heads');
    await heads.getByRole('combobox', { name: 'Measure', exact: true }).click();
    await page.getByRole('option', { name: /^Circuit: Attribution patching/ }).click();
    await heads.getByText(/more ranks higher · ioi, n 4 prompts, seed 0\. Score of a circuit method/).waitFor();
  });

  test('one that was changed by hand says so in its file', async () => {
    const place = await goTo(page, 'Circuits');
    await place.getByRole('slider', { name: 'Best nodes that stay' }).press('Home');
    await chooseHead(page, 'L1H0');
    await place.getByRole('button', { name: 'Put L1H0 in' }).click();
    const saved = await savedCircuit(page, '1 node', 'Save what was changed by hand as a circuit file');
    expect(saved.nodes).toEqual([expect.objectContaining({ id: 'L1H0', note: 'put in by hand' })]);
    expect(saved.source).toMatch(/; changed by hand: \+L1H0$/);
  });
});

/** Pixels of a table's columns that lie beyond its right edge. */
function overflowOf(table: Locator): Promise<number> {
  return table.evaluate(({ parentElement: box }) => (box === null ? NaN : box.scrollWidth - box.clientWidth));
}

/** As any reader of such files has it. */
async function savedCircuit(page: Page, panel: string, entry: string): Promise<Circuit> {
  const download = page.waitForEvent('download');
  await chooseFromMenu(page, panel, entry);
  return readCircuit(await readFile(await (await download).path(), 'utf8'), 'circuit.json');
}

async function chooseOnly(place: Locator, methods: readonly string[]): Promise<void> {
  const none = place.getByRole('button', { name: /: none$/ });
  await none.first().waitFor();
  while ((await none.count()) > 0) await none.first().click();
  for (const method of methods) await place.getByRole('checkbox', { name: method, exact: true }).check();
  for (const [field, value] of [
    [/^seeds/, '1'],
    [/^random circuits/, '2'],
    [/^% of nodes/, '5'],
  ] as const) {
    await place.getByRole('textbox', { name: field }).fill(value);
    await place.getByRole('textbox', { name: field }).press('Enter');
  }
}
