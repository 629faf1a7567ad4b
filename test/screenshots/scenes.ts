/** What there is to see in each place: how to get there from a window on the prepared project, by roles and names. */
import type { Locator, Page } from 'playwright-core';
import { chooseHead, goTo, isMeasured, isQuiet, paint, placeIn } from '../e2e/hands.ts';

export interface Scene {
  /** Begins the name of its pictures. */
  readonly id: string;
  /** Resolves when everything that the picture shows is there. */
  readonly arrange: (page: Page) => Promise<void>;
}

export const scenes: readonly Scene[] = [
  { id: 'models', arrange: arrangeModels },
  { id: 'prompts', arrange: arrangePrompts },
  { id: 'heads', arrange: arrangeHeads },
  { id: 'map', arrange: arrangeMap },
  { id: 'attention', arrange: arrangeAttention },
  { id: 'ablate', arrange: arrangeAblate },
  { id: 'retrieval', arrange: arrangeRetrieval },
  { id: 'circuits', arrange: arrangeCircuits },
  { id: 'dictionaries', arrange: arrangeDictionaries },
  { id: 'prune', arrange: arrangePrune },
  { id: 'runs', arrange: arrangeRuns },
];

/** Runs that the pictures show, beside the two of a first start: done once for all windows. */
export async function prepare(page: Page): Promise<void> {
  await isMeasured(page);
  await isQuiet(page);
  await runFromHeads(page, /^Resample ablation of every head/);
  await runFromHeads(page, /^AtP estimate of every head/);
}

/** Starts it from the menu and waits for its end. */
export async function runFromHeads(page: Page, entry: RegExp): Promise<void> {
  const heads = await goTo(page, 'Heads');
  await heads.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('menuitem', { name: entry }).click();
  await page
    .getByRole('contentinfo')
    .getByRole('progressbar')
    .first()
    .waitFor()
    .catch(() => undefined);
  await isQuiet(page);
}

export async function chooseOption(page: Page, place: string, select: string, option: RegExp): Promise<void> {
  await placeIn(page, place).getByRole('combobox', { name: select, exact: true }).click();
  await page.getByRole('option', { name: option }).first().click();
}

async function arrangeModels(page: Page): Promise<void> {
  const models = await goTo(page, 'Models');
  await models.getByRole('article').getByText('Memory before it is opened').waitFor();
}

async function arrangePrompts(page: Page): Promise<void> {
  const prompts = await goTo(page, 'Prompts');
  await prompts.getByRole('radio', { name: 'Logit lens' }).click();
  await prompts.getByRole('grid', { name: /^Logit lens/ }).waitFor({ state: 'attached' });
}

async function arrangeHeads(page: Page): Promise<void> {
  const heads = await goTo(page, 'Heads');
  await chooseOption(page, 'Heads', 'Measure', /^Resample ablation, Δ/);
  await chooseOption(page, 'Heads', 'Measure along x', /^AtP estimate at z/);
  await chooseHead(page, 'L1H1');
  await heads.getByText(/^r = /).waitFor();
}

async function arrangeMap(page: Page): Promise<void> {
  const heads = await goTo(page, 'Heads');
  await chooseOption(page, 'Heads', 'Measure', /^Induction/);
  await chooseHead(page, 'L2H1');
  await heads.getByRole('tab', { name: 'Map', exact: true }).click();
  await heads.getByRole('button', { name: 'Draw the map', exact: true }).click();
  await heads.getByText(/PCA keeps/).waitFor();
}

async function arrangeAttention(page: Page): Promise<void> {
  await chooseHead(page, 'L1H0');
  const attention = await goTo(page, 'Attention');
  await attention.getByText(/attends to$/).waitFor();
}

async function arrangeAblate(page: Page): Promise<void> {
  const ablate = await goTo(page, 'Ablate');
  const grid = ablate.getByRole('grid', { name: 'Heads, MLPs and layers to paint' });
  await paint(grid, { layer: 1, head: 0 }, { layer: 1, head: 2 });
  await ablate.getByText(/random sets of 3 heads: median/).waitFor();
}

/** The answers of needles given to the model: it says none of them right by itself. */
async function arrangeRetrieval(page: Page): Promise<void> {
  const place = await goTo(page, 'Retrieval');
  await place.getByRole('tab', { name: 'Detection' }).click();
  const prepare = place.getByRole('button', { name: 'Choose needles' });
  await prepare
    .or(place.getByRole('grid', { name: 'Heads by score' }))
    .first()
    .waitFor();
  if (await prepare.isVisible()) {
    await prepare.click();
    await place.getByRole('radio', { name: 'Answer is given' }).click();
    await place.getByRole('button', { name: 'Start', exact: true }).click();
    await place.getByRole('grid', { name: 'Heads by score' }).waitFor();
    await isQuiet(page);
  }
  await place.getByRole('row', { name: /^1\s*L2H/ }).click();
  await place.getByRole('grid', { name: 'Tokens that L2H5 copied' }).waitFor();
}

/** Milliseconds for encoders that are trained on several seeds, beside whatever else the machine does. */
const TRAINING = 900_000;

async function runMethods(page: Page, circuits: Locator): Promise<void> {
  await circuits.getByRole('tab', { name: 'Methods' }).click();
  const seeds = circuits.getByRole('textbox', { name: /^seeds/ });
  await seeds.fill('3');
  await seeds.press('Enter');
  await circuits.getByRole('button', { name: 'Start', exact: true }).click();
  await circuits.getByRole('row', { name: /^Random circuits, mean/ }).waitFor({ timeout: TRAINING });
  await isQuiet(page);
}

/** All methods compared; they are run by the first window. */
async function arrangeCircuits(page: Page): Promise<void> {
  const circuits = await goTo(page, 'Circuits');
  const start = circuits.getByRole('button', { name: /^Run \d+ methods$/ });
  await start
    .or(circuits.getByRole('grid', { name: 'Methods' }))
    .first()
    .waitFor();
  if (await start.isVisible()) await runMethods(page, circuits);
  await circuits.getByText(/^Held against/).waitFor();
}

/** A dictionary on one head, trained and read by the first window; its densest feature in context. */
async function arrangeDictionaries(page: Page): Promise<void> {
  await chooseHead(page, 'L1H0');
  const place = await goTo(page, 'SAEs');
  await place.getByRole('tab', { name: 'Train' }).click();
  const start = place.getByRole('button', { name: 'Start', exact: true });
  await start.waitFor();
  if ((await place.getByText('No dictionary is trained yet').count()) > 0) {
    const steps = place.getByRole('textbox', { name: 'Steps', exact: true });
    await steps.fill('300');
    await steps.press('Enter');
    await start.click();
    await place.getByRole('grid', { name: 'Dictionaries and controls on held-out rows' }).waitFor();
    await isQuiet(page);
    await place.getByRole('tab', { name: 'Dictionaries' }).click();
    await place.getByRole('button', { name: 'Collect contexts' }).click();
    await place.getByRole('button', { name: 'Collect anew' }).waitFor();
    await isQuiet(page);
  }
  await place.getByRole('tab', { name: 'Feature', exact: true }).click();
  await place.getByRole('region', { name: 'Strongest' }).getByRole('listitem').first().waitFor();
}

/** The plan of the criteria that were measured, halfway; they and its curve are measured by the first window. */
async function arrangePrune(page: Page): Promise<void> {
  const prune = await goTo(page, 'Prune');
  await prune.getByRole('tab', { name: 'Plan' }).click();
  if ((await prune.getByText('There is no plan yet').count()) > 0) await measurePlan(page, prune);
  await prune.getByText(/^Measured on the model/).waitFor();
  await slideTo(prune, 4);
  await prune.getByText(/^Measured on the model/).waitFor();
  await prune.getByText('zeroed weights, any program').waitFor();
}

/** Step by step: a place is drawn before the next key. */
async function slideTo(prune: Locator, wanted: number): Promise<void> {
  const slider = prune.getByRole('slider');
  await slider.press('Home');
  for (let at = 0; at <= wanted; at++) {
    if (at > 0) await slider.press('ArrowRight');
    await prune.getByText(`${at} of 12 KV groups removed`, { exact: true }).waitFor();
  }
}

async function measurePlan(page: Page, prune: Locator): Promise<void> {
  await prune.getByRole('tab', { name: 'Criteria' }).click();
  const windows = prune.getByRole('textbox', { name: 'windows' });
  await windows.fill('4');
  await windows.press('Enter');
  await prune.getByRole('button', { name: 'Start', exact: true }).click();
  await prune.getByRole('grid', { name: 'KV groups by layer: Write norm' }).waitFor({ state: 'attached' });
  await isQuiet(page);
  await prune.getByRole('tab', { name: 'Plan' }).click();
  await prune.getByText(/^Measured on the model/).waitFor();
  await prune.getByRole('button', { name: 'Measure the curve' }).click();
  await prune
    .getByText(/^\d+ random$/)
    .first()
    .waitFor();
  await isQuiet(page);
}

async function arrangeRuns(page: Page): Promise<void> {
  const runs = await goTo(page, 'Runs');
  await runs.getByRole('row', { name: /Zero ablation of heads/ }).click();
  await runs.getByRole('tab', { name: 'Overlay' }).click();
  await chooseOption(page, 'Runs', 'Run to compare with', /^Resample ablation/);
}
