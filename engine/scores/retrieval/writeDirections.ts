/** The weights that turn what a head writes into a token's logit: W_O of a layer, rows of the unembedding. */
import type { Model } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import { sliceAxis } from '../../tensor/positions.ts';
import { arrange } from '../weights/arrange.ts';
import { readOutput } from '../weights/headMatrices.ts';
import { foldReading, gainOf } from '../weights/norms.ts';
import { readWeight } from '../weights/readWeight.ts';
import type { WriteForm } from './retrievalScore.ts';

/** All W_O are kept where they take no more than this, in bytes; else each is read again for each run. */
const KEPT_BYTES = 256 * 2 ** 20;

export class WriteDirections {
  readonly #model: Model;
  readonly #outputs = new Map<number, Float32Array>();
  readonly #rows = new Map<string, Float32Array>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** W_O u of one layer in each form. Throws Fault for an unembedding of another width than the stream's. */
  async of(
    layer: number,
    token: number,
    forms: readonly WriteForm[],
  ): Promise<Readonly<Partial<Record<WriteForm, Float32Array>>>> {
    const made: Partial<Record<WriteForm, Float32Array>> = {};
    for (const form of new Set(forms)) made[form] = await this.#direction(layer, token, form);
    return made;
  }

  /** [N H], u [D] the row of a token. */
  async #direction(layer: number, token: number, form: WriteForm): Promise<Float32Array> {
    const { heads, headWidth, width } = this.#model.family.shape;
    const [output, u] = [await this.#output(layer), await this.#row(token, form)];
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

  async #row(token: number, form: WriteForm): Promise<Float32Array> {
    const key = `${form} ${token}`;
    const found = this.#rows.get(key) ?? (await rowOf(this.#model, token, form));
    this.#rows.set(key, found);
    return found;
  }
}

/** folded: scale * u * gain, without its mean where the norm takes the mean away. */
async function rowOf(model: Model, token: number, form: WriteForm): Promise<Float32Array> {
  const raw = await readRow(model, token);
  if (form === 'raw') return raw;
  const { norm, scale = 1 } = model.family.description.unembedding;
  const row = raw.map((value) => scale * value);
  foldReading(row, row.length, norm, await gainOf(model.files, norm));
  return row;
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
