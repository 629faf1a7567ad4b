/** The weights that turn what a head writes into a token's logit: W_O of a layer, raw rows of the unembedding. */
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import { sliceAxis } from '../../tensor/positions.ts';
import { arrange } from '../weights/arrange.ts';
import { readOutput } from '../weights/headMatrices.ts';
import { readWeight } from '../weights/readWeight.ts';

/** All W_O are kept where they take no more than this, in bytes; else each is read again for each run. */
const KEPT_BYTES = 256 * 2 ** 20;

export class WriteDirections {
  readonly #model: Model;
  readonly #outputs = new Map<number, Float32Array>();
  readonly #rows = new Map<number, Float32Array>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** W_O u [N H] of one layer, u [D] the row of a token. Throws Fault for an unembedding of another width than the stream's. */
  async of(layer: number, token: number): Promise<Float32Array> {
    const { heads, headWidth, width } = this.#model.family.shape;
    const [output, u] = [await this.#output(layer), await this.#row(token)];
    const direction = new Float32Array(heads * headWidth);
    for (let i = 0; i < direction.length; i++) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (output[i * width + d] as number) * (u[d] as number);
      direction[i] = sum;
    }
    return direction;
  }

  /** [N H D] */
  async #output(layer: number): Promise<Float32Array> {
    const found = this.#outputs.get(layer) ?? (await readOutput(this.#model, layer)).data;
    if (found.byteLength * this.#model.family.shape.layers <= KEPT_BYTES) this.#outputs.set(layer, found);
    return found;
  }

  async #row(token: number): Promise<Float32Array> {
    const found = this.#rows.get(token) ?? (await readRow(this.#model, token));
    this.#rows.set(token, found);
    return found;
  }
}

async function readRow({ files, family }: Model, token: number): Promise<Float32Array> {
  const { weight, projection = null } = family.description.unembedding;
  if (projection !== null)
    throw new Fault({
      what: 'logit contributions need an unembedding of the width of the stream',
      where: files.path,
      expected: `rows of ${family.shape.width}`,
      got: 'a projection before it',
    });
  if (weight.source.axes[0]?.axis === 'V') return (await readWeight(files, weight, [token, token + 1])).data;
  const whole = arrange(await readWeight(files, weight), 'V D');
  return sliceAxis(whole, 'V', token, token + 1).data;
}
