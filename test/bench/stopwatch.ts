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
/** Share of a canvas that is coloured: neither paper, nor ink, nor the hatching of what is unknown. */
globalThis.colouredShare = (canvas) => {
  if (canvas === null || canvas.width === 0) return 0;
  const small = new OffscreenCanvas(96, 96).getContext('2d', { willReadFrequently: true });
  small.drawImage(canvas, 0, 0, 96, 96);
  const { data } = small.getImageData(0, 0, 96, 96);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    if (Math.max(r, g, b) - Math.min(r, g, b) > 40) count++;
  }
  return count / (96 * 96);
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
