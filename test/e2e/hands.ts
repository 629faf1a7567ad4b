/** What a user does, and what a user reads: by roles and names alone. */
import type { Locator, Page } from 'playwright-core';

export interface HeadAt {
  readonly layer: number;
  readonly head: number;
}

/** The part of the window that a place fills. */
export function placeIn(page: Page, title: string): Locator {
  return page.getByRole('main').getByRole('region', { name: title, exact: true }).first();
}

export async function goTo(page: Page, title: string): Promise<Locator> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: title, exact: true }).click();
  const place = placeIn(page, title);
  await place.waitFor();
  return place;
}

export function inspector(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Inspector' });
}

export function modelChip(page: Page): Locator {
  return page.getByRole('banner').getByRole('button', { name: /^Model: / });
}

export function promptChip(page: Page): Locator {
  return page.getByRole('banner').getByRole('button', { name: /^Prompts: / });
}

/** The model is open and does its task: the baseline stands beside the name of the prompts. */
export async function isMeasured(page: Page): Promise<void> {
  await promptChip(page)
    .getByText(/\d+\/\d+ right/)
    .waitFor();
}

/** From the palette, by keys. */
export async function chooseHead(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page
    .getByRole('combobox', { name: 'Find a head, run a command' })
    .or(page.getByPlaceholder(/^L9H6/))
    .first()
    .fill(name);
  await page.getByRole('option', { name, exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await inspector(page).getByRole('heading', { name, exact: true }).waitFor();
}

/** The heads of a place, layers across. */
export function headGrid(place: Locator): Locator {
  return place
    .getByRole('grid', { name: /heads/i })
    .filter({ has: place.page().locator('[aria-label^="layer "]') })
    .first();
}

/** Goes to a cell by keys, as the focus does; gives what is said of it. */
export async function focusHead(grid: Locator, at: HeadAt): Promise<string> {
  // The second cell takes turns with the first and is hidden meanwhile.
  const cell = grid.locator('[role=gridcell][aria-hidden=false]');
  await cell.focus();
  const page = grid.page();
  for (let steps = 0; steps < 200; steps++) {
    const words = (await cell.getAttribute('aria-label')) ?? '';
    const [, layer, head] = /^layer (\d+) (?:head|KV group) (\d+)/.exec(words) ?? [];
    if (Number(layer) === at.layer && Number(head) === at.head) return words;
    await page.keyboard.press(keyTowards(at, layer, head));
  }
  throw new Error(`no cell of layer ${at.layer} head ${at.head}`);
}

/** Rows of MLPs and layers stand below the heads. */
function keyTowards(at: HeadAt, layer: string | undefined, head: string | undefined): string {
  if (head === undefined) return 'ArrowUp';
  if (Number(layer) !== at.layer) return Number(layer) < at.layer ? 'ArrowRight' : 'ArrowLeft';
  return Number(head) < at.head ? 'ArrowDown' : 'ArrowUp';
}

/** The middle of a cell, in pixels of the page. */
export async function cellPoint(grid: Locator, at: HeadAt): Promise<{ readonly x: number; readonly y: number }> {
  await focusHead(grid, at);
  const box = await grid.locator('[role=gridcell][aria-hidden=false]').boundingBox();
  if (box === null) throw new Error(`the cell of layer ${at.layer} head ${at.head} is not shown`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** With the mouse down from one cell to another; `whileDown` before it is let go. */
export async function paint(
  grid: Locator,
  from: HeadAt,
  to: HeadAt,
  whileDown: () => Promise<void> = async () => undefined,
): Promise<void> {
  const [start, end] = [await cellPoint(grid, from), await cellPoint(grid, to)];
  const { mouse } = grid.page();
  await mouse.move(start.x, start.y);
  await mouse.down();
  await mouse.move(end.x, end.y, { steps: 12 });
  await whileDown();
  await mouse.up();
}

/** An entry of the menu that a panel has at its right end. */
export async function chooseFromMenu(page: Page, panel: string, entry: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name: `${panel}: more` })
    .first()
    .click();
  await page.getByRole('menuitem', { name: entry }).click();
}

/** Does something to a job from the list that the tray opens. */
export async function steer(page: Page, action: 'Pause' | 'Resume' | 'Cancel', title: RegExp): Promise<void> {
  await page.getByRole('contentinfo').getByRole('button', { name: /jobs$/i }).click();
  const list = page.getByRole('dialog', { name: 'Jobs' });
  await list
    .getByRole('listitem')
    .filter({ hasText: title })
    .getByRole('button', { name: new RegExp(`^${action}`) })
    .click();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
}

/** No job is queued, running or paused. */
export async function isQuiet(page: Page): Promise<void> {
  await page.getByRole('contentinfo').getByText('No job is running').waitFor();
}

/** What stands beside each term of the lists in a part of the window. */
export async function definitionsIn(part: Locator): Promise<Readonly<Record<string, string>>> {
  const [terms, texts] = [part.getByRole('term'), part.getByRole('definition')];
  const [names, values] = await Promise.all([terms.allInnerTexts(), texts.allInnerTexts()]);
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}

/** A model in a folder that was not listed before: lists it, sees what opening costs, and agrees. */
export async function openByPath(page: Page, path: string): Promise<void> {
  const models = await goTo(page, 'Models');
  await models.getByRole('textbox', { name: 'Path of a model' }).fill(path);
  await models.getByRole('button', { name: 'Show', exact: true }).click();
  await models
    .getByRole('alert')
    .getByRole('button', { name: /^List / })
    .click();
  await models.getByRole('article').getByRole('button', { name: 'Open', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Open / });
  await dialog.getByText(/^Closes /).waitFor();
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await dialog.waitFor({ state: 'detached', timeout: 120_000 });
}
