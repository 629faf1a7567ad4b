/** All kernels of a shape as one WebAssembly module. */
import { i32 } from '../../wasm/instructions.ts';
import { ModuleBuilder } from '../../wasm/moduleBuilder.ts';
import { defineBackward, defineGather, defineUpdate, UPDATE_ROWS } from './learning.ts';
import type { Layout } from './layout.ts';
import { LANES, PANEL, TILE } from './layout.ts';
import { defineLane, definePursue } from './picking.ts';
import { defineGram, defineMirror, definePack, defineProducts } from './products.ts';
import { defineBarrier, defineServe, share } from './threads.ts';

/**
 * Exports `prepare` (packed atoms and Gram matrix, after atoms changed), `encode` (the pursuits of a batch), `train` (one step:
 * prepare, encode, the way back, Adam) and `serve`. Each is run by every thread at once.
 */
export function kernelModule(layout: Layout): Uint8Array<ArrayBuffer> {
  const { features, pages } = layout;
  const module = new ModuleBuilder(pages, { shared: true });
  const products = defineProducts(module, layout);
  const pack = definePack(module, layout);
  const gram = defineGram(module, layout, products);
  const mirror = defineMirror(module, layout);
  const lane = defineLane(module, layout, products, definePursue(module, layout));
  const backward = defineBackward(module, layout);
  const gather = defineGather(module, layout);
  const update = defineUpdate(module, layout);
  const barrier = defineBarrier(module);
  const [panels, tiles, updates] = [features / PANEL, features / TILE, Math.ceil((features + 1) / UPDATE_ROWS)];
  const prepare = module.define('prepare', [], (f) => {
    share(f, 0, panels, barrier, (item) => f.do(pack(item)));
    // Rows with most to do come first, here and in what is mirrored.
    share(f, 1, tiles, barrier, (item) => f.do(gram(item)));
    share(f, 2, tiles, barrier, (item) => f.do(mirror(i32.sub(tiles - 1, item))));
  });
  const encode = module.define('encode', [], (f) => share(f, 3, LANES, barrier, (item) => f.do(lane(item))));
  const train = module.define('train', [], (f) => {
    f.do(prepare(), encode());
    share(f, 4, LANES, barrier, (item) => f.do(backward(item)));
    share(f, 5, updates, barrier, (item) => f.do(gather(item)));
    share(f, 6, updates, barrier, (item) => f.do(update(item)));
  });
  defineServe(module, { prepare, encode, train });
  return module.bytes();
}
