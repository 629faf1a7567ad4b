/** Times what a user waits for, inside the page: from an input event until what it brings has been painted. */
import type { Page } from 'playwright-core';

/** In the page: `until` is tried once a frame; the frame in which it holds is painted before the watch is stopped. */
const stopwatch = `
globalThis.startStopwatch = (event, until) => {
  globalThis.stopped = new Promise((resolve) => {
    addEventListener(event, ({ timeStamp }) => {
      const painted = () => setTimeout(() => resolve(performance.now() - timeStamp), 0);
      const look = () => (until() ? painted() : requestAnimationFrame(look));
      requestAnimationFrame(look);
      setTimeout(() => resolve(NaN), 60_000);
    }, { capture: true, once: true });
  });
};
globalThis.longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: 'longtask', buffered: true });
/** Pixels of a canvas that lie in a flat colour other than the background's: values, and not hatching, lines or letters. */
globalThis.filledPixels = (canvas) => {
  if (canvas === null || canvas.width === 0) return 0;
  const { width, height } = canvas;
  const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, width, height).data.buffer);
  let count = 0;
  for (let at = 0; at + 2 * width + 2 < pixels.length; at++) {
    const colour = pixels[at];
    if (colour === pixels[0] || colour !== pixels[at + 1] || colour !== pixels[at + 2]) continue;
    if (colour === pixels[at + width] && colour === pixels[at + 2 * width]) count++;
  }
  return count;
};
`;

export async function installStopwatch(page: Page): Promise<void> {
  await page.addInitScript(stopwatch);
}

/**
 * Milliseconds from the first `event` that `act` causes until the expression `until` holds and is on the screen; NaN where it
 * does not within a minute.
 */
export async function timeUntil(
  page: Page,
  event: 'pointerup' | 'pointerdown' | 'pointermove' | 'input',
  until: string,
  act: () => Promise<void>,
): Promise<number> {
  await page.evaluate(`void startStopwatch(${JSON.stringify(event)}, () => ${until})`);
  await act();
  return page.evaluate<number>('stopped');
}

/** Tasks of the page's thread that were longer than 50 ms, in ms, while something goes on. */
export async function longTasksWhile(page: Page, goesOn: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate('void (longTasks.length = 0)');
  await goesOn();
  return page.evaluate<number[]>('longTasks');
}
