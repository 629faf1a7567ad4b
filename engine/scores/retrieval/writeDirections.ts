/** The weights that turn what a head writes into a token's logit: W_O of a layer, rows of the unembedding. */
import type { WeightSource } from '../../arch/architecture.ts';
import { readFloat32 } from '../../files/readTensor.ts';
import type { Graph } from '../../graph/graph.ts';
import { locateWeight } from '../../run/locateWeight.ts';
import type { Model } from '../../run/index.ts';
import type { ProgramPart } from '../../run/program.ts';
import { partGraph, partWeights, STREAM } from '../../run/program.ts';
import { captureOutput, noTaps } from '../../run/taps.ts';
import type { Axis } from '../../terms/axes.ts';
import { Fault } from '../../terms/fault.ts';

/** All W_O are kept where they take no more than this, in bytes; else each is read again for each run. */
const KEPT_BYTES = 256 * 2 ** 20;

export class WriteDirections {
  readonly #model: Model;
  readonly #kept = new Map<number, Float32Array>();
  readonly #unembedding = new Map<number, Float32Array>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** W_O u [N H] of one layer, u [D] the raw row of the unembedding of a token. */
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
    const found = this.#kept.get(layer);
    if (found !== undefined) return found;
    const { family } = this.#model;
    const part: ProgramPart = { kind: 'block', layer, narrow: false };
    const graph = partGraph(family, part, { edited: new Set(), captured: new Set(['headWrite']) });
    const name = outputParameter(graph);
    const weight = await this.#read(part, name, ['N', 'H', 'D']);
    if (weight.byteLength * family.shape.layers <= KEPT_BYTES) this.#kept.set(layer, weight);
    return weight;
  }

  async #row(token: number): Promise<Float32Array> {
    const found = this.#unembedding.get(token);
    if (found !== undefined) return found;
    const row = await this.#readRow(token);
    this.#unembedding.set(token, row);
    return row;
  }

  async #readRow(token: number): Promise<Float32Array> {
    const { files, family } = this.#model;
    const part: ProgramPart = { kind: 'unembed' };
    const name = unembeddingParameter(partGraph(family, part, noTaps), files.path);
    const { tensor, source } = locateWeight(files, partWeights(family, part), name);
    const { width } = family.shape;
    if (source.axes[0]?.axis === 'V') {
      const from = (source.rows?.[0] ?? 0) + token;
      return readFloat32(tensor, [from, from + 1]);
    }
    const whole = await readFloat32(tensor, source.rows);
    const tokens = whole.length / width;
    return Float32Array.from({ length: width }, (_, d) => whole[d * tokens + token] as number);
  }

  async #read(part: ProgramPart, name: string, axes: readonly Axis[]): Promise<Float32Array> {
    const { files, family } = this.#model;
    const { tensor, source } = locateWeight(files, partWeights(family, part), name);
    return inAxes(await readFloat32(tensor, source.rows), source.axes, axes);
  }
}

/** What z is multiplied by to make headWrite, in any family. */
function outputParameter({ definitions, outputs }: Graph): string {
  const write = definitions[outputs.get(captureOutput('headWrite'))?.id ?? -1];
  const inputs = write?.kind === 'operation' && write.primitive === 'contract' ? write.inputs : [];
  const found = inputs.map((id) => definitions[id]).find((one) => one?.kind === 'parameter');
  if (found?.kind !== 'parameter') throw new RangeError('headWrite is no product with a weight');
  return found.name;
}

/** The [V D] that the final stream is multiplied by. */
function unembeddingParameter({ definitions, outputs }: Graph, path: string): string {
  if (!outputs.has(STREAM)) throw new RangeError('an unembedding gives no logits');
  const found = definitions.find(
    (one) =>
      one.kind === 'parameter' &&
      one.type.axes.length === 2 &&
      ['V', 'D'].every((axis) => one.type.axes.some((entry) => entry.axis === axis)),
  );
  if (found?.kind === 'parameter') return found.name;
  const what = 'logit contributions need an unembedding of the width of the stream';
  throw new Fault({ what, where: path, expected: 'a weight of vocabulary x width', got: 'another one' });
}

/** A dense tensor in another order of its axes. */
function inAxes(data: Float32Array, stored: WeightSource['axes'], wanted: readonly Axis[]): Float32Array {
  const strides = wanted.map((axis) => strideOf(stored, axis));
  const sizes = wanted.map((axis) => stored.find((entry) => entry.axis === axis)?.size ?? 1);
  if (strides.every((stride, i) => stride === sizes.slice(i + 1).reduce((product, n) => product * n, 1))) return data;
  const out = new Float32Array(data.length);
  const [n = 1, h = 1, d = 1] = sizes;
  const [byN = 0, byH = 0, byD = 0] = strides;
  let to = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < h; j++) for (let k = 0; k < d; k++) out[to++] = data[i * byN + j * byH + k * byD] as number;
  return out;
}

function strideOf(stored: WeightSource['axes'], axis: Axis): number {
  const at = stored.findIndex((entry) => entry.axis === axis);
  return stored.slice(at + 1).reduce((product, { size }) => product * size, 1);
}
