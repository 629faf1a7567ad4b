/** How a window reaches the engine, and what a user notices of it. */
import type { Page } from 'playwright-core';

export interface Carrier {
  readonly page: Page;
  /** The file that is saved by what is done: a download in a browser, through a dialog on the desktop. */
  readonly saved: (act: () => Promise<void>) => Promise<string>;
  /** Throws where something in the page broke. */
  readonly close: () => Promise<void>;
}
