/**
 * The whole path of a researcher, on the real engine: open a model, choose prompts, watch the heads fill, look at a head,
 * take heads out and see what changes, keep the set, export the run, replay it. The same over every carrier.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Carrier } from './carrier.ts';
import { coloursOf } from './colours.ts';
import {
  chooseFromMenu,
  chooseHead,
  definitionsIn,
  focusHead,
  goTo,
  headGrid,
  isMeasured,
  inspector,
  isQuiet,
  modelChip,
  paint,
  placeIn,
  promptChip,
  steer,
} from './hands.ts';

const schemaFile = new URL('../../engine/exports/headImportance.schema.json', import.meta.url);

/** Tests that follow each other: each begins where the one before it ended. */
export function journey(start: () => Promise<Carrier>): void {
  let carrier: Carrier;
  let page: Page;

  beforeAll(async () => {
    carrier = await start();
    page = carrier.page;
  });
  afterAll(() => carrier?.close());

  let hasFailed = false;
  /** What follows a step that failed would only fail later. */
  const step = (title: string, act: () => Promise<void>) =>
    test(title, async ({ skip }) => {
      skip(hasFailed, 'an earlier step failed');
      hasFailed = true;
      await act();
      hasFailed = false;
    });

  step('a first start opens the bundled model, and its heads fill while one looks', async () => {
    const heads = placeIn(page, 'Heads');
    await heads.getByText(/^measuring: [1-9]\d* of 32 heads$/).waitFor();
    await steer(page, 'Pause', /^Zero ablation of heads/);
    await heads.getByText(/^paused: \d+ of 32 heads$/).waitFor();
    const partly = await wordsOfHeads(page);
    const known = partly.filter((words) => words.includes(', rank ')).length;
    expect(known).toBeGreaterThan(0);
    expect(partly.filter((words) => words.includes('not yet known'))).toHaveLength(32 - known);
    await steer(page, 'Resume', /^Zero ablation of heads/);
    await heads.getByText(/ of 32 heads$/).waitFor({ state: 'detached' });
    const words = await wordsOfHeads(page);
    expect(words.every((cell) => / Δ logit difference [−+]?\d+\.\d+, rank \d+ of 32$/.test(cell))).toBe(true);
    await isQuiet(page);
  });

  step('another model is opened after its cost was shown and agreed to, and the first again', async () => {
    const models = await goTo(page, 'Models');
    await models.getByRole('row', { name: /^planted-ioi / }).click();
    await models
      .getByRole('article', { name: 'planted-ioi' })
      .getByRole('button', { name: 'Open', exact: true })
      .click();
    await openingAgreed(page, 'planted-ioi', 'tiny-heads');
    await modelChip(page).getByText('4 × 4 heads').waitFor();
    await models.getByRole('row', { name: /^tiny-heads / }).dblclick();
    await openingAgreed(page, 'tiny-heads', 'planted-ioi');
    await modelChip(page).getByText('4 × 8 heads').waitFor();
    await isMeasured(page);
  });

  step('prompts of a task stand beside what the model makes of them', async () => {
    const prompts = await goTo(page, 'Prompts');
    await prompts.getByText('does the task').waitFor();
    expect(await promptChip(page).innerText()).toMatch(
      /64 pairs · logit difference \d+\.\d+ ±\d+\.\d+ · \d+\/64 right/,
    );
    await prompts.getByRole('listbox').getByRole('option').nth(1).click();
    const next = prompts.page().getByRole('grid', { name: 'Next tokens' });
    await next.getByRole('row').nth(1).waitFor();
    const probabilities = await next.getByRole('row').nth(1).innerText();
    expect(probabilities).toMatch(/\d\.\d+/);
  });

  step('attention of a head is drawn, and read row by row', async () => {
    await chooseHead(page, 'L1H0');
    const attention = await goTo(page, 'Attention');
    const map = attention.locator('canvas').first();
    await map.waitFor();
    await vi.waitFor(async () => expect(await coloursOf(map)).toBeGreaterThan(20), { timeout: 20_000 });
    const row = attention.getByRole('region', { name: /^Query .* attends to$/ });
    await row.getByRole('listitem').first().waitFor();
    const weights = (await row.getByRole('listitem').allInnerTexts()).map((text) => Number(/[\d.]+$/.exec(text)?.[0]));
    expect(weights[0]).toBeGreaterThan(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(1.01);
    expect(weights.toSorted((a, b) => b - a)).toEqual(weights);
  });

  step('heads that are painted change the next tokens and the metric while the mouse is down', async () => {
    const ablate = await goTo(page, 'Ablate');
    const grid = ablate.getByRole('grid', { name: 'Heads, MLPs and layers to paint' });
    await paint(grid, { layer: 1, head: 0 }, { layer: 1, head: 2 }, async () => {
      await ablate.getByText(/next tokens \d+ ms · metric \d+ ms/).waitFor();
      await ablate.getByRole('heading', { name: 'Ablate 3 heads: zero' }).waitFor();
      expect(await ablate.getByRole('table').getByRole('row').count()).toBeGreaterThan(3);
      const { clean, edited, change } = await definitionsIn(ablate);
      expect(numberIn(clean)).toBeGreaterThan(5);
      expect(numberIn(change)).toBeLessThan(-5);
      expect(numberIn(edited)).toBeCloseTo(numberIn(clean) + numberIn(change), 1);
    });
    await ablate.getByText(/^24 random sets of 3 heads: median \d+\.\d+, none as low\.$/).waitFor();
    await inspector(page).getByText('Set: 3 heads').waitFor();
  });

  step('the set is kept under a name', async () => {
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog', { name: /^Save a set of \d+ heads?$/ });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('name movers');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const heads = await goTo(page, 'Heads');
    await heads.getByRole('tab', { name: 'Sets' }).click();
    await heads.getByRole('tabpanel').getByText('name movers').first().waitFor();
  });

  step('the run goes out as heads.json, which keeps to its schema', async () => {
    const text = await carrier.saved(() => chooseFromMenu(page, 'Heads', 'Save the run as heads.json'));
    const file: unknown = JSON.parse(text);
    const isValid = new Ajv2020().compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
    expect(isValid(file), JSON.stringify(isValid.errors)).toBe(true);
    expect((file as { readonly units: readonly unknown[] }).units).toHaveLength(32);
  });

  step('the run is replayed, and every number is the same', async () => {
    const runs = await goTo(page, 'Runs');
    await runs.getByRole('row', { name: /^Zero ablation of heads/ }).click();
    await runs.getByRole('button', { name: 'Re-run' }).click();
    await runs
      .getByRole('status')
      .getByText(/^Identical in all \d+ rows, to the last bit\.$/)
      .waitFor();
  });
}

/** What is said of each of the 4 x 8 heads in the Heads place. */
async function wordsOfHeads(page: Page): Promise<readonly string[]> {
  const grid = headGrid(placeIn(page, 'Heads'));
  const words: string[] = [];
  for (let layer = 0; layer < 4; layer++)
    for (let head = 0; head < 8; head++) words.push(await focusHead(grid, { layer, head }));
  return words;
}

/** The first number of `9.90 [8.61, 11.19]`; minus signs are those of print. */
function numberIn(text: string | undefined): number {
  return Number(/^[+−]?[\d.]+/.exec(text ?? '')?.[0].replace('−', '-'));
}

async function openingAgreed(page: Page, name: string, closed: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: `Open ${name}` });
  await dialog.getByText(`Closes ${closed}: one model is in memory at a time.`).waitFor();
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}
