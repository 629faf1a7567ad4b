/** A window on the workbench in a browser, and whether anything broke in it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface Window {
  readonly page: Page;
  /** Throws where something broke: an error that nothing in the page caught. */
  readonly close: () => Promise<void>;
}

/** Milliseconds that a state is waited for: long, for machines that do much else meanwhile. */
const PATIENCE = 120_000;

/** A view, as the address holds it after the token: `panes=heads&task=ioi&n=16`. */
export async function openWindow(
  browser: Browser,
  url: string,
  view = '',
  options: BrowserContextOptions = {},
  /** Before the page is loaded. */
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  const broken = watchPage(page);
  await prepare(page);
  await page.goto(view === '' ? url : `${url}&v=1&${view}`);
  return {
    page,
    async close() {
      await context.close();
      assertWhole(broken);
    },
  };
}

export function assertWhole(broken: readonly string[]): void {
  if (broken.length > 0) throw new Error(`the page broke: ${broken.join('; ')}`);
}

/** Errors of the page that nothing caught, as they come. */
export function watchPage(page: Page): readonly string[] {
  const broken: string[] = [];
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', ({ message }) => broken.push(message));
  return broken;
}
