/** One service and the pages around it: wrong files, two windows, a reload, a page of another origin. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { float32Tensor, ggufBytes } from '../files/writeGguf.ts';
import {
  chooseHead,
  definitionsIn,
  focusHead,
  goTo,
  headGrid,
  inspector,
  isMeasured,
  isQuiet,
  modelChip,
  placeIn,
} from './hands.ts';
import type { Loot } from './hostilePage.ts';
import { serveHostilePage } from './hostilePage.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const view = 'panes=heads&task=ioi&n=16&seed=0';

describe.skipIf(!isServable)('a service in a browser (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  const windows: Window[] = [];
  const open = async (url = served.url, shown = view) => {
    const window = await openWindow(browser, url, shown);
    windows.push(window);
    return window;
  };

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });
  afterEach(async () => {
    await Promise.all(windows.splice(0).map((window) => window.close()));
  });

  test('a reload goes on with the token of its tab; a tab without one is told so', async () => {
    const { page } = await open();
    await isMeasured(page);
    expect(page.url()).not.toContain('token');
    await page.reload();
    await isMeasured(page);
    await isQuiet(page);
    const { page: stranger } = await open(served.origin, '');
    await stranger.getByRole('alert').getByText('no token in the address').waitFor();
    expect(await modelChip(stranger).innerText()).toContain('No model');
  });

  test('a run that one window starts fills in the other; what is chosen is each window’s own', async () => {
    const [one, two] = [(await open()).page, (await open()).page];
    await Promise.all([isMeasured(one), isMeasured(two)]);
    await isQuiet(two);
    await chooseHead(one, 'L3H2');
    await one.getByRole('button', { name: 'Run', exact: true }).click();
    await one.getByRole('menuitem', { name: /^Mean ablation of every head/ }).click();
    const measure = two.getByRole('combobox', { name: 'Measure', exact: true });
    // A window that is behind another is not drawn: each is looked at in its turn.
    await two.bringToFront();
    await vi.waitFor(() => choose(two, measure, /^Mean ablation, Δ/), { timeout: 100_000, interval: 500 });
    const there = await numberOf(two);
    await one.bringToFront();
    const here = await numberOf(one);
    expect(there).toBe(here);
    await inspector(two).getByRole('heading', { name: 'L1H0', exact: true }).waitFor();
    expect(two.url()).toContain('head=L1H0');
    expect(one.url()).toContain('head=L3H2');
  });

  test('a file that is no model is refused in words that help, and the model in memory stays', async () => {
    const folder = join(served.folder, 'wrong');
    mkdirSync(folder);
    const pickle = join(folder, 'pytorch_model.bin');
    writeFileSync(pickle, Buffer.concat([Buffer.from([0x80, 0x02, 0x8a, 0x0a]), Buffer.alloc(200, 0x6c)]));
    const cut = join(folder, 'cut.gguf');
    writeFileSync(cut, cutGguf());
    const { page } = await open();
    await isMeasured(page);
    const models = await goTo(page, 'Models');
    await models.getByRole('textbox', { name: 'Path of a model' }).fill(pickle);
    await models.getByRole('button', { name: 'Show', exact: true }).click();
    await models.getByRole('alert').getByText('outside the folders').waitFor();
    await models.getByRole('button', { name: `List ${folder}` }).click();
    expect(await faultShown(page)).toEqual({
      what: 'not a model file',
      where: pickle,
      expected: 'safetensors, GGUF or a model folder',
      got: 'a Python pickle, which can run code and is never opened',
    });
    await models.getByRole('textbox', { name: 'Path of a model' }).fill(cut);
    await models.getByRole('button', { name: 'Show', exact: true }).click();
    await models
      .getByRole('alert')
      .getByText(/cut\.gguf/)
      .first()
      .waitFor();
    expect(await faultShown(page)).toEqual({
      what: 'the tensor lies outside the file',
      where: `${cut}: tensor "token_embd.weight"`,
      expected: 'to end by byte 4224',
      got: '8192 bytes at 128',
    });
    expect(await modelChip(page).innerText()).toContain('tiny-heads');
  });

  test('a page of another origin gets nothing, whatever token it knows', async () => {
    const token = new URLSearchParams(new URL(served.url).hash.slice(1)).get('token') ?? '';
    const hostile = await serveHostilePage(served.origin, ['', 'A'.repeat(token.length), token]);
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(hostile.url);
      await page.waitForFunction('document.title.startsWith("{")');
      const loot = JSON.parse(await page.title()) as Loot;
      expect(loot.fetched).toBe('TypeError: Failed to fetch');
      expect(loot.scripted).toBe('TypeError: Failed to fetch');
      expect(loot.framed).toBe('closed');
      expect(loot.sockets).toEqual(['closed 1006', 'closed 1006', 'closed 1006']);
    } finally {
      await context.close();
      await hostile.close();
    }
  });
});

/** What is said of L2H3 once every head is known. */
async function numberOf(page: Window['page']): Promise<string> {
  const place = placeIn(page, 'Heads');
  await place
    .getByRole('grid', { name: /Mean ablation/ })
    .first()
    .waitFor({ state: 'attached' });
  const isRanked = async () => {
    const words = await focusHead(headGrid(place), { layer: 2, head: 3 });
    expect(words).toMatch(/Mean ablation.*, rank \d+ of 32$/);
    return words;
  };
  return vi.waitFor(isRanked, { timeout: 100_000 });
}

/** The parts of the error that stands in the Models place. */
async function faultShown(page: Window['page']): Promise<Record<string, string>> {
  const alert = placeIn(page, 'Models').getByRole('alert');
  await alert.getByText('outside the folders').waitFor({ state: 'detached' });
  const what = (await alert.locator('p').first().innerText()).trim();
  return { what, ...(await definitionsIn(alert)) };
}

/** A file that ends in the middle of its only tensor. */
function cutGguf(): Buffer {
  const whole = ggufBytes({
    metadata: { 'general.architecture': { text: 'llama' } },
    tensors: [float32Tensor('token_embd.weight', [64, 32], new Float32Array(64 * 32))],
  });
  return whole.subarray(0, whole.length - 4096);
}

/** Rejects where the list has no such option yet. */
async function choose(page: Page, list: Locator, name: RegExp): Promise<void> {
  await list.click();
  const option = page.getByRole('option', { name });
  if (await option.isVisible()) return option.click();
  await page.keyboard.press('Escape');
  throw new Error(`no option ${name.source} yet`);
}
