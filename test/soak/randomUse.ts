/** A user who does anything, the same for a seed: keys of every place, heads chosen and painted, jobs begun and cancelled. */
import type { Page } from 'playwright-core';
import type { Random } from '../../engine/tensor/random.ts';

/** Keys that change what is looked at, and none that leaves the page or asks for a file. */
const keys = [
  ...['1', '2', '3', '4', '5', '7', '8', '0'],
  ...['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'],
  ...['Space', 'p', 'd', 'a', 'i', 'r', '[', ']', ',', '.', 'x', 'l', 'f', 'Escape', 'Tab', 'Shift+Tab'],
  ...['Control+z', 'Control+y', 'Control+Enter', 'Control+.'],
] as const;

export async function useAtRandom(page: Page, random: Random): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 };
  const anywhere = () => [80 + random.next() * (size.width - 420), 90 + random.next() * (size.height - 150)] as const;
  const what = random.next();
  if (what < 0.55) await page.keyboard.press(random.pick(keys));
  else if (what < 0.8) await page.mouse.click(...anywhere());
  else if (what < 0.95) await drag(page, anywhere(), anywhere());
  else await page.mouse.wheel(0, (random.next() - 0.5) * 800);
  await page.waitForTimeout(30 + random.below(220));
}

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 8 });
  await page.mouse.up();
}
