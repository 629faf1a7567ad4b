/** What the drawings do under a real mouse and keyboard. */
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { boxAt, matrixLayout } from '../../../renderer/marks/headMatrix/matrixLayout.ts';
import { launchChromium } from '../../browser/chromium.ts';
import type { ServedFolder } from '../../browser/serveFolder.ts';
import { serveFolder } from '../../browser/serveFolder.ts';

let browser: Browser;
let served: ServedFolder;
let page: Page;

beforeAll(async () => {
  served = await serveFolder(join(import.meta.dirname, '..', '..', '..', 'dist', 'renderer'));
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 640, height: 400 } });
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

async function open(name: string): Promise<void> {
  await page.goto(`${served.url}/gallery.html?case=${name}`);
  await page.waitForSelector('body[data-ready]');
}

async function record(): Promise<string[]> {
  const text = await page.locator('output').first().textContent();
  return (text ?? '').trim().split('\n');
}

describe('matrix and scatter that share a selection', () => {
  const layout = matrixLayout(
    { layers: 32, heads: 32, kvHeads: 8 },
    { width: 380, height: 344 },
    { mlp: false, layer: false },
  );
  /** The middle of a head's cell on the page. */
  const at = (layer: number, head: number): [number, number] => {
    const { x, y, width, height } = boxAt(layout, layer, layout.rows[head]?.y ?? 0);
    return [8 + x + width / 2, 8 + y + height / 2];
  };

  beforeEach(() => open('linked'));

  it('renders nothing while the mouse moves, and lights the other view', async () => {
    const before = (await record()).length;
    const scatter = page.locator('.surface').nth(1).locator('canvas').nth(1);
    const pixels = () => scatter.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const still = await pixels();
    for (let layer = 0; layer < 32; layer++) await page.mouse.move(...at(layer, layer));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect((await record()).length).toBe(before);
    expect(await pixels()).not.toBe(still);
  });

  it('paints the cells that a drag enters', async () => {
    await page.mouse.move(...at(3, 5));
    await page.mouse.down();
    await page.mouse.move(...at(4, 5));
    await page.mouse.move(...at(4, 8));
    await page.mouse.up();
    expect((await record()).filter((line) => line !== 'rendered')).toEqual([
      'start L3H5',
      'enter L4H5',
      'enter L4H6',
      'enter L4H7',
      'enter L4H8',
      'end L4H8',
    ]);
  });

  it('moves by keys, announces each cell, selects with Enter and Space, extends with Shift', async () => {
    const matrix = page.getByRole('grid', { name: 'Induction score of each head' });
    const cell = () => matrix.locator('[tabindex="0"]');
    await page.mouse.click(...at(2, 2));
    await cell().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await cell().getAttribute('aria-label')).toMatch(/^layer 3 head 3, induction \d\.\d\d, rank \d+ of 1024$/);
    expect(await cell().evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await cell().getAttribute('aria-selected')).toBe('false');
    await page.keyboard.press(' ');
    expect(await cell().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('End');
    expect(await cell().getAttribute('aria-label')).toContain('layer 31 head 3');
    await page.keyboard.press('Shift+ArrowUp');
    expect(await record()).toContain('extend L31H3 L31H2');
  });

  it('gathers points in a dragged rectangle', async () => {
    const box = await page.locator('.surface').nth(1).boundingBox();
    if (box === null) throw new Error('the scatter has no box');
    await page.mouse.move(box.x + 42, box.y + 16);
    await page.mouse.down();
    await page.mouse.move(box.x + 215, box.y + 310, { steps: 4 });
    await page.mouse.up();
    expect(await record()).toContain('lasso 1024');
  });

  it('exports PNG and SVG', async () => {
    await page.getByRole('button', { name: 'Export' }).evaluate((button: HTMLButtonElement) => button.click());
    await expect.poll(record).toContainEqual(expect.stringMatching(/^png \d{4,}$/));
    expect(await record()).toContainEqual(expect.stringMatching(/^svg \d{5,}$/));
  });
});

it('says the numbers that came while a cell has the focus', async () => {
  await open('filling');
  const cell = page.getByRole('grid', { name: 'Induction score of each head' }).locator('[tabindex="0"]');
  await cell.focus();
  expect(await cell.getAttribute('aria-label')).toBe('layer 0 head 0, induction not yet known');
  await page.getByRole('button', { name: 'Fill' }).evaluate((button: HTMLButtonElement) => button.click());
  await expect
    .poll(() => cell.getAttribute('aria-label'))
    .toMatch(/^layer 0 head 0, induction \d\.\d\d, rank \d+ of 1024$/);
});

it('the wall without WebGL is the wall with it', async () => {
  await open('wall-30x9');
  const drawn = async (from: Page) => PNG.sync.read(await from.locator('.case').screenshot());
  const shader = await drawn(page);
  const plain = await browser.newPage({ viewport: { width: 640, height: 400 } });
  await plain.addInitScript(() => {
    const getContext = HTMLCanvasElement.prototype.getContext;
    const without = function (this: HTMLCanvasElement, kind: string, options?: unknown) {
      return kind === 'webgl2' ? null : Reflect.apply(getContext, this, [kind, options]);
    };
    Object.assign(HTMLCanvasElement.prototype, { getContext: without });
  });
  await plain.goto(`${served.url}/gallery.html?case=wall-30x9`);
  await plain.waitForSelector('body[data-ready]');
  const computed = await drawn(plain);
  await plain.close();
  const { width, height } = shader;
  const differing = pixelmatch(shader.data, computed.data, undefined, width, height, { threshold: 0.1 });
  expect(differing / (width * height)).toBeLessThan(0.001);
});

describe('a long map', () => {
  beforeEach(() => open('long-map'));

  it('asks for coarse tiles first and exact ones close by, never for all', async () => {
    expect(new Set(await record())).toEqual(new Set(['tile 4']));
    await page.mouse.move(200, 200);
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, -240);
    await expect.poll(record).toContain('tile 0');
    // The lower triangle has 136 exact tiles.
    expect((await record()).filter((line) => line === 'tile 0').length).toBeLessThan(10);
  });

  it('pans by dragging and tells of rows by clicking', async () => {
    await page.mouse.move(120, 300);
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, -240);
    await page.mouse.click(120, 300);
    const first = (await record()).at(-1) ?? '';
    expect(first).toMatch(/^row \d+$/);
    await page.mouse.down();
    await page.mouse.move(120, 200, { steps: 4 });
    await page.mouse.up();
    await page.mouse.click(120, 300);
    const second = (await record()).filter((line) => line.startsWith('row')).at(-1) ?? '';
    expect(Number(second.slice(4))).toBeGreaterThan(Number(first.slice(4)));
  });
});
