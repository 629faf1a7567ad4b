/** The unedited run of a batch, layer by layer: where sweeps start from. */
import type { Tensor } from '../tensor/tensor.ts';
import type { Batch } from './batch.ts';
import { makeBatch } from './batch.ts';
import type { Slots } from './editPlan.ts';
import type { ForwardHost } from './forward.ts';
import { Pass } from './pass.ts';

/** Streams of all layers are kept up to this many bytes; beyond it only the latest. */
export const KEPT_BYTES = 2 ** 28;

export class CleanRun {
  readonly batch: Batch;
  readonly #host: ForwardHost;
  /** Of all it comes to hold, logits included. */
  readonly bytes: number;
  /** Whether every stream that it comes by stays. */
  readonly keepsAll: boolean;
  /** Stream before each layer, as far as it was run; the last one is before layer `#streams.length - 1`. */
  #streams: (Tensor | null)[] = [];
  #logits: Tensor | null = null;

  /**
   * `keeps`: later sweeps over the same prompts start where this one did, at the price of memory, and at the same time too
   * where `keepsAll`. Throws Fault for a bad prompt.
   */
  constructor(host: ForwardHost, ids: readonly (readonly number[])[], keeps = false) {
    this.#host = host;
    // Left padding puts the ends, which prompts of a task share, at the same slots.
    this.batch = makeBatch(ids, host.family, 'left');
    const { width, layers, outputVocabulary } = host.family.shape;
    this.bytes = 4 * this.batch.rows * (this.batch.slots * width * (layers + 1) + outputVocabulary);
    this.keepsAll = keeps && this.bytes <= KEPT_BYTES;
  }

  /** [B P D] before a layer; L gives the stream after the last one. Layers are asked for in order unless all are kept. */
  async before(layer: number, signal?: AbortSignal): Promise<Tensor> {
    if (this.#streams.length > 0 && this.#streams[layer] === null) this.#streams = [];
    if (this.#streams.length === 0) this.#streams = [await this.#embed()];
    while (this.#streams.length <= layer) {
      signal?.throwIfAborted();
      const last = this.#streams.length - 1;
      // By its index: where all are kept, a request that overtakes this one may have put the same stream there.
      this.#streams[last + 1] = await this.#block(last, this.#latest());
      if (!this.keepsAll) this.#streams[last] = null;
    }
    return this.#streams[layer] ?? this.#latest();
  }

  /** Logits at the answer positions, computed once. */
  async logits(compute: () => Promise<Tensor>): Promise<Tensor> {
    this.#logits ??= await compute();
    return this.#logits;
  }

  #latest(): Tensor {
    const latest = this.#streams.at(-1);
    if (latest === undefined || latest === null) throw new RangeError('clean run: no stream');
    return latest;
  }

  async #embed(): Promise<Tensor> {
    return (await this.#pass().embed(new Map(), new Set())).stream;
  }

  async #block(layer: number, residPre: Tensor): Promise<Tensor> {
    const { stream } = await this.#pass().block({
      ...{ layer, residPre, edits: new Map(), capture: new Set(), keepsCache: false },
    });
    this.#host.checkStream(layer, stream);
    return stream;
  }

  #pass(): Pass {
    return new Pass(this.#host.family, this.#host.programs, this.batch, everySlot(this.batch));
  }
}

/** Slots of a pass over all positions of a batch. */
export function everySlot(batch: Batch): Slots {
  const slots = Array.from({ length: batch.slots }, (_, slot) => slot);
  return { queries: slots, stream: slots, keys: batch.slots };
}
