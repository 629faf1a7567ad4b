/** Heads of other tools and for other tools: a file comes in beside our own numbers, a run goes out; and a head's tags. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { chooseFromMenu, chooseHead, inspector, isMeasured, isQuiet, placeIn } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

describe.skipIf(!isServable)('heads as files (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    folder = await mkdtemp(join(tmpdir(), 'headscope-heads-'));
    window = await openWindow(browser, served.url, 'panes=heads&task=ioi&n=4&seed=0');
    page = window.page;
    await isMeasured(page);
    await page.getByRole('grid', { name: /^Heads by layer: Zero ablation/ }).waitFor({ state: 'attached' });
    await isQuiet(page);
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a run goes out in the form of another tool and comes back beside our own measures', async () => {
    const scores = await saveRun('head_score.json');
    expect(Object.keys(scores as object)).toHaveLength(32);
    const dialog = await importing('own.json', scores);
    await dialog.getByText('32 of 32').waitFor();
    await dialog.getByText('the file does not say which model it is of: only its shape could be checked').waitFor();
    await dialog.getByRole('button', { name: 'Show in Heads' }).click();
    await page.getByText(/^Imported, not measured here: a score of behaviour, from own\.json/).waitFor();
    await page.getByRole('grid', { name: 'Heads by layer: Imported: Retrieval score' }).waitFor({ state: 'attached' });
    await inspector(page).getByRole('button', { name: 'Take own.json out' }).waitFor();
  });

  test('a file of another shape is refused in words, one that counts from 1 is read where that is said', async () => {
    const listed = (layers: number, heads: number, first: number) =>
      Object.fromEntries(
        Array.from({ length: layers * heads }, (_, at) => [
          `${Math.floor(at / heads) + first}-${(at % heads) + first}`,
          [at / 64],
        ]),
      );
    const wrong = await dropping('wrong.json', listed(30, 9, 0));
    const alert = wrong.getByRole('alert');
    await alert.getByText('head 0-8 is not in the model').waitFor();
    await alert.getByText('layers 0 to 3 and heads 0 to 7 (counted from 0)').waitFor();
    await alert.getByText('layers up to 29 and heads up to 8').waitFor();
    expect(await wrong.getByRole('button', { name: 'Show in Heads' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await wrong.waitFor({ state: 'detached' });

    const fromOne = await importing('one.json', listed(4, 8, 1));
    await fromOne.getByText(/the file seems to count from 1/).waitFor();
    await fromOne.getByRole('radio', { name: '1', exact: true }).click();
    await fromOne.getByText('32 of 32').waitFor();
    await page.keyboard.press('Escape');
    await fromOne.waitFor({ state: 'detached' });
  });

  test('a head shows its pattern tags with score, value and threshold, and the heads it composes with', async () => {
    await chooseHead(page, 'L2H1');
    const tags = inspector(page).getByRole('region', { name: 'Pattern tags' });
    await tags
      .getByRole('listitem')
      .filter({ hasText: /^induction\s*Induction\s*0\.\d+ ±0\.\d+ > 0\.4$/ })
      .waitFor();
    const composition = inspector(page).getByRole('region', { name: 'Composition' });
    await composition.getByRole('button', { name: 'Compute' }).click();
    // The head before it that an induction head reads as its keys attends to the previous token.
    const keys = composition.getByRole('region', { name: 'keys' }).first();
    await keys.getByRole('button', { name: /^L1H0: 0\.\d+, \d\.\d times random$/ }).click();
    await inspector(page).getByRole('heading', { name: 'L1H0', exact: true }).waitFor();
  });

  async function saveRun(title: string): Promise<unknown> {
    await chooseFromMenu(page, 'Heads', 'Save the run in another form');
    const dialog = page.getByRole('dialog', { name: 'Export the run' });
    await dialog.getByRole('radio', { name: new RegExp(`^${title}`) }).click();
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    const path = join(folder, 'saved');
    await (await download).saveAs(path);
    await dialog.getByText(/signs are turned/).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    return JSON.parse(await readFile(path, 'utf8'));
  }

  /** Onto the place, as from a folder of the desktop. */
  async function dropping(name: string, content: unknown): Promise<Locator> {
    const [text, file] = [JSON.stringify(JSON.stringify(content)), JSON.stringify(name)];
    const dataTransfer = await page.evaluateHandle(
      `(() => { const it = new DataTransfer(); it.items.add(new File([${text}], ${file})); return it; })()`,
    );
    await placeIn(page, 'Heads').dispatchEvent('drop', { dataTransfer });
    return page.getByRole('dialog', { name: 'Import scores of heads' });
  }

  async function importing(name: string, content: unknown): Promise<Locator> {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(content));
    const chooser = page.waitForEvent('filechooser');
    await chooseFromMenu(page, 'Heads', 'Import scores from a file');
    await (await chooser).setFiles(path);
    const dialog = page.getByRole('dialog', { name: 'Import scores of heads' });
    await dialog.waitFor();
    return dialog;
  }
});
