/** How much each position's value would write through each head: the norms of v_k W_O,h. */
import type { Family } from '../../arch/architecture.ts';
import type { Site } from '../../terms/sites.ts';
import { sliceAxis } from '../../tensor/positions.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { editsAt } from '../editPlan.ts';
import type { AffineFeeds } from '../editPlan.ts';
import type { AffineBySite } from '../pass.ts';
import { Pass } from '../pass.ts';
import type { ByteBudget } from './kept.ts';
import { Kept } from './kept.ts';
import type { LayerRuns, RunsHost, Watch } from './layerRuns.ts';
import type { QueryChunk } from './queryChunks.ts';

/** Values of headWrite in memory at a time. */
const WRITE_VALUES = 4 * 2 ** 20;
const captured = new Set<Site>(['headWrite']);

/**
 * ||v_k W_O,h|| (Kobayashi et al. 2020, section 3), without the output bias and before a norm that some families put after
 * attention. Edits at residPre and v count; those after the values don't, for they act on sums over keys.
 */
export class ValueNorms {
  readonly #host: RunsHost;
  readonly #runs: LayerRuns;
  /** By layer and chunk, [N P]. */
  readonly #kept: readonly (readonly Kept<Float32Array>[])[];

  constructor(host: RunsHost, runs: LayerRuns, budget: ByteBudget) {
    this.#host = host;
    this.#runs = runs;
    this.#kept = Array.from({ length: host.family.shape.layers }, () => runs.chunks.map(() => new Kept(budget)));
  }

  drop(): void {
    for (const kept of this.#kept.flat()) kept.drop();
  }

  /** [N K] of the first keys. */
  async upTo(layer: number, keys: number, watch: Watch): Promise<Float32Array> {
    const { heads } = this.#host.family.shape;
    const norms = new Float32Array(heads * keys);
    for (const chunk of this.#runs.chunks.filter(({ from }) => from < keys)) {
      const [own, size] = [await this.#norms(layer, chunk, watch), chunk.to - chunk.from];
      const seen = Math.min(size, keys - chunk.from);
      for (let n = 0; n < heads; n++) norms.set(own.subarray(n * size, n * size + seen), n * keys + chunk.from);
    }
    return norms;
  }

  async #norms(layer: number, chunk: QueryChunk, watch: Watch): Promise<Float32Array> {
    const kept = this.#kept[layer]?.[chunk.index];
    const known = kept?.get();
    if (known !== undefined) return known;
    const stream = await this.#runs.streamAt(layer, chunk, watch);
    const [{ heads }, size] = [this.#host.family.shape, chunk.to - chunk.from];
    const norms = new Float32Array(heads * size);
    for (const { from, to } of pieces(this.#host.family, size)) {
      const write = await this.#host.exclusive(() => {
        watch.signal?.throwIfAborted();
        return this.#headWrite(layer, chunk.from + from, sliceAxis(stream, 'P', from, to));
      });
      for (let p = from; p < to; p++)
        for (let n = 0; n < heads; n++) norms[n * size + p] = normAt(write, (p - from) * heads + n);
    }
    kept?.set(norms, norms.byteLength);
    return norms;
  }

  /** Each position attends to itself alone, so that z_k = v_k and headWrite is v_k W_O,h: [B 1, P, N, D]. */
  async #headWrite(layer: number, from: number, residPre: Tensor): Promise<Tensor> {
    const { family, programs } = this.#host;
    const queries = Array.from({ length: axisSize(residPre, 'P') }, (_, i) => from + i);
    const pass = new Pass(family, programs, this.#runs.batch, { queries, stream: queries, keys: queries.length });
    const before = [...editsAt(this.#runs.edits, layer)].filter(([site]) => site === 'residPre' || site === 'v');
    const edits: AffineBySite = new Map([
      ...pass.affine(new Map(before), layer),
      ['pattern', identity(queries.length)] as const,
    ]);
    const result = await pass.block({ layer, residPre, edits, capture: captured, keepsCache: false });
    const write = result.captured.get('headWrite');
    if (write === undefined) throw new RangeError('a block gave no headWrite');
    return write;
  }
}

function pieces({ shape }: Family, size: number): { from: number; to: number }[] {
  const most = Math.max(1, Math.floor(WRITE_VALUES / (shape.heads * shape.width)));
  return Array.from({ length: Math.ceil(size / most) }, (_, i) => ({
    from: i * most,
    to: Math.min(size, (i + 1) * most),
  }));
}

/** pattern * 0 + I, for one axis B and N. */
function identity(size: number): AffineFeeds {
  const add = new Float32Array(size * size);
  for (let i = 0; i < size; i++) add[i * size + i] = 1;
  return {
    scale: { data: new Float32Array(1), shape: [1, 1, 1, 1] },
    add: { data: add, shape: [1, 1, size, size] },
  };
}

function normAt(write: Tensor, row: number): number {
  const width = axisSize(write, 'D');
  let sum = 0;
  for (let i = row * width; i < (row + 1) * width; i++) sum += (write.data[i] as number) ** 2;
  return Math.sqrt(sum);
}
