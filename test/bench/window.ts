/** The budgets of the window, in a real browser on the real engine: what a user waits for, painted on the screen. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { seededRandom } from '../../engine/tensor/random.ts';
import { writeManyHeads } from '../../fixtures/make/manyHeads.ts';
import { launchChromium } from '../browser/chromium.ts';
import type { HeadAt } from '../e2e/hands.ts';
import { cellPoint, chooseHead, goTo, headGrid, isMeasured, isQuiet, openByPath, placeIn } from '../e2e/hands.ts';
import { startServing } from '../e2e/served.ts';
import { openWindow } from '../e2e/window.ts';
import type { Benchmark } from './benchmark.ts';
import { rounded } from './benchmark.ts';
import { installStopwatch, longTasksWhile, timeUntil } from './stopwatch.ts';

export const windowBudgets: Benchmark = {
  id: 'window',
  about:
    'milliseconds in the window beside their budgets: hover, head detail, measures, first tiles, painting, long tasks',
  async run({ model, repeats }) {
    const [browser, served] = await Promise.all([launchChromium(), startServing()]);
    const { page, close } = await openWindow(
      browser,
      served.url,
      'panes=heads&task=ioi&n=16&seed=0',
      // What is waited for is said as scripts, which the page's own policy forbids.
      { bypassCSP: true },
      installStopwatch,
    );
    const results: Record<string, unknown> = {};
    const part = async (name: string, measure: () => Promise<unknown>) => {
      console.error(`  ${name} ...`);
      results[name] = await measure();
      console.error(JSON.stringify(results[name]));
    };
    try {
      await isMeasured(page);
      await isQuiet(page);
      await part('paintTinyHeads', () => painting(page, repeats));
      await openByPath(page, model);
      await isMeasured(page);
      await part('headDetail', () => headDetail(page, repeats));
      await part('paint', () => painting(page, repeats));
      await part('longTasksInSweep', () => longTasksOfSweep(page));
      const many = join(served.folder, 'many', 'heads');
      await writeManyHeads(many);
      await openByPath(page, many);
      await part('of1024Heads', () => measuresOf1024(page, repeats));
      await part('firstTilesAt4096', () => firstTiles(page, repeats));
      return results;
    } finally {
      await close().catch((error: unknown) => console.error(String(error)));
      await browser.close();
      await served.stop();
    }
  },
};

const isMetricThere = `document.querySelector('.ablate-effect[aria-busy=false] .ablate-metric') !== null`;

/** One stroke, the mouse down all the while, that takes in one more head at a time. */
async function painting(page: Page, repeats: number) {
  const ablate = await goTo(page, 'Ablate');
  const grid = ablate.getByRole('grid', { name: 'Heads, MLPs and layers to paint' });
  const points = await pointsOf(grid, headsOfStroke(2 * repeats + 2));
  const moveTo = (at: number) => async () => page.mouse.move(points[at]?.x ?? 0, points[at]?.y ?? 0);
  const series = async (what: string, first: number) => {
    const times: number[] = [];
    for (let i = 0; i < repeats; i++) {
      await page.evaluate('void (globalThis.wasStale = false)');
      times.push(await timeUntil(page, 'pointermove', currentEffectHas(what), moveTo(first + i)));
      await page.waitForFunction(isMetricThere);
    }
    return spread(times);
  };
  await moveTo(0)();
  await page.mouse.down();
  await moveTo(1)();
  await page.waitForFunction(isMetricThere);
  const next = await series('tbody tr:nth-child(2)', 2);
  const metric = await series('.ablate-metric', 2 + repeats);
  await page.mouse.up();
  return { nextTokens: next, metricOf16Prompts: metric };
}

/** Down one layer and up the next, so that each step enters one cell. */
function headsOfStroke(count: number): readonly HeadAt[] {
  return Array.from({ length: count }, (_, i) => {
    const [layer, at] = [Math.floor(i / 8), i % 8];
    return { layer, head: layer % 2 === 0 ? at : 7 - at };
  });
}

/** The effect went stale after the stroke, is no more, and holds this. */
function currentEffectHas(selector: string): string {
  const effect = `document.querySelector('.ablate-effect')`;
  const isStale = `${effect}?.dataset.stale !== 'false'`;
  return `(globalThis.wasStale ||= ${isStale}) && !(${isStale}) && ${effect}.querySelector('${selector}') !== null`;
}

async function pointsOf(grid: Locator, heads: readonly HeadAt[]) {
  const points: { readonly x: number; readonly y: number }[] = [];
  for (const head of heads) points.push(await cellPoint(grid, head));
  return points;
}

/** From the click on a head to its number, its rank and its attention. */
async function headDetail(page: Page, repeats: number) {
  const heads = await goTo(page, 'Heads');
  await chooseHead(page, 'L0H0');
  const refs = Array.from({ length: repeats }, (_, i) => ({ layer: (7 * i + 3) % 30, head: i % 9 }));
  const points = await pointsOf(headGrid(heads), refs);
  const click = async (at: number) => {
    const { layer, head } = refs[at] ?? { layer: 0, head: 0 };
    const { x, y } = points[at] ?? { x: 0, y: 0 };
    return timeUntil(page, 'pointerup', detailShown(`L${layer}H${head}`), () => page.mouse.click(x, y));
  };
  const round = async () => {
    const times: number[] = [];
    for (let at = 0; at < repeats; at++) times.push(await click(at));
    return times;
  };
  const first = await round();
  const again = await round();
  const prompts: number[] = [];
  const last = refs.at(-1) ?? { layer: 0, head: 0 };
  for (let i = 0; i < repeats; i++) {
    const next = heads.getByRole('button', { name: 'Next prompt' });
    const shown = `${detailShown(`L${last.layer}H${last.head}`)} && document.querySelector('main').innerText.includes('prompt ${i + 2} of 16')`;
    prompts.push(await timeUntil(page, 'pointerup', shown, () => next.click()));
  }
  return { cached: spread(again), ofKeptPrompt: spread(first), recomputed: spread(prompts) };
}

function detailShown(name: string): string {
  const grid = `document.querySelector('main [data-stale="false"] [role=grid][aria-label^="Attention of ${name}:"]')`;
  return `document.querySelector('aside h2')?.textContent === '${name}' && filledPixels(${grid}?.parentElement?.querySelector('canvas') ?? null) > 200`;
}

/** Milliseconds of a sweep that are watched. */
const SWEEP = 60_000;

/** The window is used while every head of the model is ablated. */
async function longTasksOfSweep(page: Page) {
  const heads = await goTo(page, 'Heads');
  const box = await headGrid(heads).locator('..').boundingBox();
  const random = seededRandom(1);
  const started = performance.now();
  const tasks = await longTasksWhile(page, async () => {
    await heads.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Zero ablation of every head/ }).click();
    const tray = page.getByRole('contentinfo');
    await tray.getByText(/^Zero ablation of heads/).waitFor();
    const isOver = () => performance.now() - started > SWEEP;
    while (!isOver() && (await tray.getByText('No job is running').count()) === 0) {
      if (box !== null) await page.mouse.move(box.x + random.next() * box.width, box.y + random.next() * box.height);
      await page.waitForTimeout(50);
    }
  });
  await page.keyboard.press('Control+.');
  await isQuiet(page);
  const seconds = rounded((performance.now() - started) / 1000);
  return { seconds, over50ms: tasks.length, ...spread(tasks.length === 0 ? [0] : tasks) };
}

async function measuresOf1024(page: Page, repeats: number) {
  const heads = await goTo(page, 'Heads');
  await heads.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Scores on repeated random tokens/ }).click();
  await page
    .getByRole('contentinfo')
    .getByText(/^Head scores/)
    .waitFor();
  await page.getByRole('contentinfo').getByText('No job is running').waitFor({ timeout: 300_000 });
  const switches: number[] = [];
  for (let i = 0; i < 2 * repeats; i++) {
    const title = i % 2 === 0 ? 'Induction' : 'Previous token';
    await heads.getByRole('combobox', { name: 'Measure', exact: true }).click();
    const option = page.getByRole('option', { name: new RegExp(`^${title}`) }).first();
    const until = `document.querySelector('main [role=grid][aria-label^="Heads by layer: ${title}"]') !== null`;
    switches.push(await timeUntil(page, 'pointerup', until, () => option.click()));
  }
  const box = (await headGrid(heads).locator('..').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const random = seededRandom(2);
  const hovers: number[] = [];
  for (let i = 0; i < 8 * repeats; i++) {
    const [x, y] = [box.x + (0.2 + 0.6 * random.next()) * box.width, box.y + (0.2 + 0.6 * random.next()) * box.height];
    hovers.push(await timeUntil(page, 'pointermove', 'true', () => page.mouse.move(x, y)));
  }
  return { hoverAt1024: spread(hovers), measureSwitchAt1024: spread(switches) };
}

/** From the last key of a prompt of 4,096 tokens, and from the choice of another head. The typing rests for 350 ms first. */
async function firstTiles(page: Page, repeats: number) {
  const random = seededRandom(3);
  await chooseHead(page, 'L16H0');
  const attention = await goTo(page, 'Attention');
  await attention.getByRole('radio', { name: 'Own text' }).click();
  const field = attention.getByRole('textbox', { name: 'Token ids' });
  const inked = `filledPixels(document.querySelector('main .surface canvas')) > 200`;
  const [typed, other] = [[] as number[], [] as number[]];
  for (let i = 0; i < repeats; i++) {
    await field.fill('');
    await placeIn(page, 'Attention').getByText('Nothing is typed').waitFor();
    const ids = Array.from({ length: 4096 }, () => random.below(256)).join(' ');
    typed.push(await timeUntil(page, 'input', inked, () => field.fill(ids)));
    const name = `L${16 + ((i + 1) % 2)}H0`;
    const step = attention.getByRole('button', { name: i % 2 === 0 ? 'Layer after' : 'Layer before' });
    const shown = `document.querySelector('main [role=grid][aria-label^="Attention map of ${name}:"]') !== null && ${inked}`;
    other.push(await timeUntil(page, 'pointerup', shown, () => step.click()));
  }
  return { typed: spread(typed), otherHead: spread(other) };
}

function spread(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? NaN);
  return { p50: at(0.5), p95: at(0.95), max: at(1), n: sorted.length };
}
