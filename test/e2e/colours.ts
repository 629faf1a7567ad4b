import type { Locator } from 'playwright-core';
import { PNG } from 'pngjs';

/** How many different colours a drawing shows: a blank one has one, a map of numbers has many. */
export async function coloursOf(drawing: Locator): Promise<number> {
  const { data } = PNG.sync.read(await drawing.screenshot());
  const pixels = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  return new Set(pixels).size;
}
