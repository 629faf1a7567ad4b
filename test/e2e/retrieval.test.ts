/** From prepared needles to masks: the planted copy head is found, and without it no needle is. */
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTokenizer } from '../../engine/files/tokenizer/index.ts';
import { openModelFiles } from '../../engine/files/open.ts';
import { launchChromium } from '../browser/chromium.ts';
import { goTo, isQuiet, modelChip } from './hands.ts';
import type { Served } from './served.ts';
import { isServable, startServing } from './served.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const planted = fileURLToPath(new URL('../../fixtures/models/planted-needle', import.meta.url));

describe.skipIf(!isServable)('retrieval (needs npm run build and build:ui)', () => {
  let browser: Browser;
  let served: Served;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), startServing()]);
    // A view that names its model opens it.
    window = await openWindow(browser, served.url, `panes=retrieval&model=${encodeURIComponent(planted)}`);
    page = window.page;
    await modelChip(page).getByText('planted-needle').waitFor();
  });
  afterAll(async () => {
    await window?.close();
    await browser?.close();
    await served?.stop();
  });

  test('needles, the head that copies them, and what is left without it', async () => {
    const place = await goTo(page, 'Retrieval');
    await place.getByRole('radio', { name: 'Prepared runs' }).click();
    const chooser = page.waitForEvent('filechooser');
    await place.getByRole('button', { name: 'Choose a file' }).click();
    await (await chooser).setFiles({ name: 'needles.jsonl', mimeType: 'text/plain', buffer: await preparedRuns() });
    await place.getByText(/^4 runs · about /).waitFor();
    expect(await place.locator('mark[data-part=answer]').last().innerText()).toContain('ocean');
    await place.getByRole('button', { name: 'Start', exact: true }).click();

    await place.getByText(/^4 of 4 runs count/).waitFor();
    const [best, next] = await rowsOf(place.getByRole('grid', { name: 'Heads by score' }));
    expect(best).toMatch(/L1H1\s+1\.00 \[1\.00, 1\.00\]\s+100 %\s+4$/);
    expect(next).toMatch(/L0H0\s+0\.00/);

    await place.getByRole('tab', { name: 'Masking' }).click();
    await place.getByRole('combobox', { name: 'Mask', exact: true }).click();
    await page.getByRole('option', { name: /^Zero/ }).click();
    await place.getByRole('textbox', { name: 'Numbers of masked heads' }).fill('1');
    await fill(place.getByRole('textbox', { name: 'random sets' }), '2');
    await fill(place.getByRole('textbox', { name: 'plain texts' }), '0');
    await place.getByRole('button', { name: 'Start', exact: true }).click();
    await place
      .getByRole('img', { name: /^First choices .*: top k 1\.00 to 0\.00, random k 1\.00 to 1\.00/ })
      .waitFor();
    await isQuiet(page);
  });

  test('gates, and what it costs that KV heads stream', async () => {
    const place = await goTo(page, 'Retrieval');
    await place.getByRole('tab', { name: 'Streaming' }).click();
    await place.getByRole('radio', { name: 'Trained gates' }).click();
    await fill(place.getByRole('textbox', { name: 'Steps' }), '1');
    await fill(place.getByRole('textbox', { name: 'Shortest, tokens' }), '96');
    await fill(place.getByRole('textbox', { name: 'Longest, tokens' }), '96');
    await place.getByRole('button', { name: 'Start', exact: true }).click();
    await place.getByRole('grid', { name: 'KV heads by layer: gates' }).waitFor({ state: 'attached' });
    await isQuiet(page);

    await place.getByRole('radio', { name: 'What streaming costs' }).click();
    await place.getByRole('textbox', { name: 'Shares of all KV heads, percent' }).fill('50');
    await fill(place.getByRole('textbox', { name: 'Random choices' }), '1');
    await fill(place.getByRole('textbox', { name: 'Passkey texts, and plain ones' }), '1');
    await place.getByRole('button', { name: 'Start', exact: true }).click();
    await place.getByRole('img', { name: /^Loss on plain text by percent of KV heads that stream: gates / }).waitFor();
    await place.getByText(/^4 of them; answer /).waitFor();
    await place.getByRole('button', { name: 'Make it the set' }).click();
    // The address holds the set.
    await expect.poll(() => page.url(), { timeout: 30_000 }).toMatch(/set=(L\dH\d(%2C|,|&|$)){4}/);
  });
});

/** A word after `secret` at two places, asked for by `recall`. */
async function preparedRuns(): Promise<Buffer> {
  const { tokenizer: source, config } = await openModelFiles(planted);
  const tokenizer = createTokenizer(source, config);
  const filler = 'river stone cloud horse table green lamp bread winter silver'.split(' ');
  const rows = ['ocean', 'apple'].flatMap((needle) =>
    [2, 8].map((at) => {
      const words = [...filler.slice(0, at), 'secret', needle, ...filler.slice(at), 'recall'];
      const place = { length: words.length + 1, depth: 10 * at, needle };
      return { ids: tokenizer.encode(words.join(' ')), span: [at + 2, at + 3], maxNew: 1, answer: needle, ...place };
    }),
  );
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

async function rowsOf(table: Locator): Promise<readonly string[]> {
  const rows = table.getByRole('row').filter({ hasText: /L\dH\d/ });
  await rows.first().waitFor();
  return rows.allInnerTexts();
}

async function fill(field: Locator, value: string): Promise<void> {
  await field.fill(value);
  await field.press('Enter');
}
