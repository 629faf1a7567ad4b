/** The frame of the built window in a browser, over a socket, with a scripted engine behind it. */
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { serve } from '../../../engine/results/index.ts';
import { makeToken } from '../../../engine/service/transports/makeToken.ts';
import type { WebServer } from '../../../engine/service/transports/webServer.ts';
import { startWebServer } from '../../../engine/service/transports/webServer.ts';
import { launchChromium } from '../../browser/chromium.ts';
import { headRow, startRow } from '../api/sampleRows.ts';
import { ScriptedEngine } from './scriptedEngine.ts';

const uiFolder = join(import.meta.dirname, '..', '..', '..', 'dist', 'renderer');
const token = makeToken();

let browser: Browser;
let engine: ScriptedEngine;
let server: WebServer;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function serveEngine(port?: number): Promise<WebServer> {
  const onConnection = (connection: Parameters<typeof serve>[1]) => void serve(engine.service(), connection);
  return startWebServer({ uiFolder, token, onConnection, ...(port === undefined ? {} : { port }) });
}

beforeEach(async () => {
  engine = new ScriptedEngine();
  server = await serveEngine();
  // The policy of the page forbids scripts from elsewhere, which the accessibility checker is.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  page = await context.newPage();
  await page.goto(server.url);
});
afterEach(async () => {
  await page?.context().close();
  await server?.close();
});

const shows = (text: string) => page.getByText(text, { exact: false }).first().waitFor();
const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
const chooseHead = async (name: string) => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(name);
  await page.getByRole('option', { name, exact: true }).waitFor();
  await page.keyboard.press('Enter');
};

describe('the first start', () => {
  it('opens the bundled model, chooses prompts and starts the runs that the project lacks', async () => {
    await shows('2 × 4 heads · 2 KV groups');
    await shows('logit difference 4.92 ±0.20 · 64/64 right');
    await vi.waitFor(() => expect(engine.started).toHaveLength(2));
    expect(engine.started.map(({ job }) => job.call)).toEqual(['ablate', 'scores']);
    await shows('Zero ablation of heads, ioi');
    await shows('saved in study/runs');
  });

  it('takes the token out of the address and puts the view there', async () => {
    await page.waitForFunction(() => location.hash.includes('task=ioi'));
    expect(page.url()).not.toContain(token);
    expect(page.url()).toContain('n=64');
  });
});

describe('a running job', () => {
  it('fills the numbers of the head that is looked at, and can be cancelled by keys', async () => {
    await shows('Zero ablation of heads, ioi');
    await chooseHead('L1H3');
    engine.send(startRow(), headRow(0, 0, 1));
    await inspector().getByText('not measured yet').waitFor();
    engine.send(headRow(1, 3, -2.5));
    await inspector().getByText('rank 1 of 2').waitFor();
    const progress = { kind: 'progress', of: 'heads', done: 2, total: 8 } as const;
    engine.changeRun({ state: 'running', progress, rate: 4.4, secondsLeft: 20 });
    await shows('4.4 heads/s · 20 s left');
    await page.keyboard.press('Control+.');
    await vi.waitFor(() => expect(engine.steered).toEqual([{ run: 'run-1', action: 'cancel' }]));
  });
});

describe('keys', () => {
  beforeEach(() => shows('2 × 4 heads'));

  it('choose, pin, fill the set and take it back', async () => {
    await chooseHead('L0H2');
    await page.keyboard.press('a');
    await inspector().getByText('Set: 4 heads').waitFor();
    await page.keyboard.press('i');
    await page.keyboard.press('p');
    await inspector().getByText('Pinned:').waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await inspector().getByText('Set: empty').waitFor();
    await page.keyboard.press('Control+y');
    await inspector().getByText('Set: 4 heads').waitFor();
    await page.waitForFunction(() => location.hash.includes('set=L0H0%2CL0H1%2CL0H2%2CL0H3'));
  });

  it('that are letters are text while text is typed', async () => {
    await chooseHead('L0H2');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('api');
    await page.keyboard.press('Escape');
    await inspector().getByText('Set: empty').waitFor();
    expect(await inspector().getByText('Pinned:').count()).toBe(0);
  });

  it('come back to the same view by its address', async () => {
    await chooseHead('L1H1');
    await page.waitForFunction(() => location.hash.includes('head=L1H1'));
    await page.reload();
    await inspector().getByRole('heading', { name: 'L1H1', exact: true }).waitFor();
  });
});

describe('a lost connection', () => {
  it('is said, and taken up again without losing what was chosen', async () => {
    await shows('2 × 4 heads');
    await chooseHead('L1H2');
    const port = Number(new URL(server.url).port);
    await server.close();
    const lost = page.getByRole('alert').filter({ hasText: 'No connection to the engine' });
    await lost.waitFor();
    server = await serveEngine(port);
    // It may be taken up again by itself before it can be asked for.
    const asks = page.getByRole('button', { name: 'Try now' }).click({ timeout: 5000 });
    await asks.catch(() => undefined);
    await lost.waitFor({ state: 'detached' });
    await inspector().getByRole('heading', { name: 'L1H2', exact: true }).waitFor();
  });
});

describe('for everybody', () => {
  it.each(['light', 'dark'] as const)(
    'the frame, palette, shortcuts and help keep the rules, %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await shows('2 × 4 heads');
      await chooseHead('L0H0');
      expect(await faults()).toEqual([]);
      for (const key of ['Control+k', 'Control+/', '?']) {
        await page.keyboard.press(key);
        await page.getByRole('dialog').waitFor();
        expect(await faults()).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
    },
  );
});

async function faults(): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    // What fills the panes is tested with the views.
    const { violations } = await window.axe.run({ exclude: ['.pane'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}
