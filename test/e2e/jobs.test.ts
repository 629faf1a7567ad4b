/** Jobs that do not go to their end: cancelled by the user, or cut off by the death of the process that computes. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { realModelPath } from '../run/models.ts';
import {
  chooseFromMenu,
  focusHead,
  goTo,
  headGrid,
  isMeasured,
  isQuiet,
  modelChip,
  openByPath,
  placeIn,
} from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const isLong = process.env['HEADSCOPE_LONG'] === '1';
const real = isLong ? realModelPath() : null;

describe.skipIf(!isServable)('jobs (need npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    served = await startServing();
    window = await openWindow(browser, served.url, 'panes=heads&task=ioi&n=96&seed=0');
    page = window.page;
  });
  afterEach(async () => {
    await window.close();
    await served.stop();
  });

  test('a sweep that is cancelled keeps what it has, says so, and can be gone on with', async () => {
    await someHeadsKnown(page, 32);
    await page.keyboard.press('Control+.');
    const heads = placeIn(page, 'Heads');
    await heads.getByRole('status').getByText('Cancelled: what had come stays, the rest is unknown.').waitFor();
    const known = await partsKnown(heads.getByText(/^partial: \d+ of 32 heads$/));
    expect(known).toBeGreaterThan(0);
    expect(known).toBeLessThan(32);
    const cells = await allCells(page);
    expect(cells.filter((words) => words.includes(`, rank `))).toHaveLength(known);
    expect(cells.filter((words) => words.includes('not yet known'))).toHaveLength(32 - known);
    await heads.getByRole('status').getByRole('button', { name: 'Go on' }).click();
    await heads.getByText(/ of 32 heads$/).waitFor({ state: 'detached' });
    const after = await allCells(page);
    // What was known did not change, apart from its rank among more heads.
    const numberOf = (words: string) => words.replace(/, rank .*/, '');
    cells.forEach((words, i) => words.includes('rank') && expect(numberOf(after[i] ?? '')).toBe(numberOf(words)));
  });

  test('a compute process killed in a sweep is replaced, says so, and the numbers are those of an undisturbed run', async () => {
    await someHeadsKnown(page, 32);
    process.kill(served.computePid() ?? 0, 'SIGKILL');
    await page
      .getByRole('alert')
      .getByText(/stopped|replaced|ended/)
      .waitFor();
    const heads = placeIn(page, 'Heads');
    await heads.getByText(/ of 32 heads$/).waitFor({ state: 'detached' });
    await isQuiet(page);
    const disturbed = await runAsCsv(page);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Zero ablation of every head/ }).click();
    await page
      .getByRole('contentinfo')
      .getByText(/^Zero ablation of heads/)
      .waitFor();
    await isQuiet(page);
    const undisturbed = await runAsCsv(page);
    expect(undisturbed.split('\n').length).toBeGreaterThan(32);
    expect(withoutIdentity(disturbed)).toBe(withoutIdentity(undisturbed));
  });

  test.runIf(real !== null)('a sweep of a real model is cancelled at once', { timeout: 300_000 }, async () => {
    await isMeasured(page);
    await openByPath(page, real ?? '');
    await modelChip(page).getByText('30 × 9 heads').waitFor();
    await goTo(page, 'Heads');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Zero ablation of every head/ }).click();
    await someHeadsKnown(page, 270);
    await page.keyboard.press('Control+.');
    const heads = placeIn(page, 'Heads');
    await heads.getByRole('status').getByText('Cancelled: what had come stays').waitFor();
    const known = await partsKnown(heads.getByText(/^partial: \d+ of 270 heads$/));
    expect(known).toBeGreaterThan(0);
    expect(known).toBeLessThan(270);
  });
});

/** Some, and not yet all. */
async function someHeadsKnown(page: Page, all: number): Promise<void> {
  await placeIn(page, 'Heads')
    .getByText(new RegExp(`^measuring: [1-9]\\d* of ${all} heads$`))
    .waitFor({ timeout: 120_000 });
}

async function partsKnown(note: ReturnType<Page['getByText']>): Promise<number> {
  return Number(/partial: (\d+)/.exec(await note.innerText())?.[1]);
}

/** What is said of each of the 4 x 8 heads. */
async function allCells(page: Page): Promise<readonly string[]> {
  const grid = headGrid(placeIn(page, 'Heads'));
  const words: string[] = [];
  for (let layer = 0; layer < 4; layer++)
    for (let head = 0; head < 8; head++) words.push(await focusHead(grid, { layer, head }));
  return words;
}

async function runAsCsv(page: Page): Promise<string> {
  const save = chooseFromMenu(page, 'Heads', 'Save the run as CSV');
  const [download] = await Promise.all([page.waitForEvent('download'), save]);
  return readFile(await download.path(), 'utf8');
}

/** Without the name of the run. */
function withoutIdentity(csv: string): string {
  return csv.replaceAll(/\d{4}-\d\d-\d\d-ablate[\w-]*/g, 'RUN');
}
