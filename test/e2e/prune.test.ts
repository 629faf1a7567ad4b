/** From criteria to a checkpoint: what the slider stands at is measured, and what is written is what it stands at. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { definitionsIn, goTo, isMeasured, isQuiet } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

describe.skipIf(!isServable)('pruning (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    window = await openWindow(browser, served.url, 'panes=prune&task=ioi&n=8&seed=0');
    page = window.page;
    folder = await mkdtemp(join(tmpdir(), 'headscope-prune-'));
    await isMeasured(page);
    await isQuiet(page);
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('criteria, a slider on the real model, and the checkpoint of its place', async () => {
    const place = await goTo(page, 'Prune');
    await smallText(place);
    await place.getByText(/about \d+ s/).waitFor();
    await place.getByRole('button', { name: 'Start', exact: true }).click();
    await place.getByRole('grid', { name: 'KV groups by layer: Write norm' }).waitFor({ state: 'attached' });
    await place.getByText(/^stories, 128 tokens, seed 0; intervals over/).waitFor();
    await isQuiet(page);

    await place.getByRole('tab', { name: 'Plan' }).click();
    await place.getByText(/^Measured on the model/).waitFor();
    await place.getByRole('slider').press('ArrowRight');
    await place.getByText('2 of 12 KV groups removed').waitFor();
    await place.getByText(/^Measured on the model/).waitFor();
    const numbers = await definitionsIn(place.locator('.prune-numbers'));
    expect(numbers['heads gone']).toBe('4');
    expect(numbers['Δ loss']).toMatch(/^[+−]?\d+\.\d+ \[.*\] nats\s*random plans not measured$/);
    await place.getByText('zeroed weights, any program').waitFor();

    await place.getByRole('tab', { name: 'Write', exact: true }).click();
    const out = join(folder, 'zeroed');
    await place.getByRole('textbox', { name: 'Folder' }).first().fill(out);
    await place.getByRole('button', { name: 'Write the checkpoint' }).click();
    await place.getByText(`Written to ${out}: `).waitFor();
    const record: unknown = JSON.parse(await readFile(join(out, 'headscope-pruned.json'), 'utf8'));
    expect(record).toMatchObject({ form: 'zeroed' });
  });
});

async function smallText(place: Locator): Promise<void> {
  await fill(place.getByRole('textbox', { name: 'windows' }), '4');
  await fill(place.getByRole('textbox', { name: 'tokens each' }), '32');
}

async function fill(field: Locator, value: string): Promise<void> {
  await field.fill(value);
  await field.press('Enter');
}
