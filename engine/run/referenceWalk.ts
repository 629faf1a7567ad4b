/** Values of the reference prompts that a sweep puts in place of others, layer by layer, kept as long as they are needed. */
import type { Site } from '../terms/sites.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Batch } from './batch.ts';
import { everySlot } from './cleanRun.ts';
import type { ForwardHost } from './forward.ts';
import { Pass } from './pass.ts';
import { meanOverRows } from './replacements.ts';

export class ReferenceWalk {
  readonly #host: ForwardHost;
  readonly #batch: Batch;
  readonly #isMean: boolean;
  /** Sites to keep at each layer. */
  readonly #needed: ReadonlyMap<number, ReadonlySet<Site>>;
  readonly #kept = new Map<number, ReadonlyMap<Site, Tensor>>();
  #stream: Tensor | null = null;
  #next = 0;

  constructor(host: ForwardHost, batch: Batch, isMean: boolean, needed: ReadonlyMap<number, ReadonlySet<Site>>) {
    this.#host = host;
    this.#batch = batch;
    this.#isMean = isMean;
    this.#needed = needed;
  }

  /** Values at the layer's needed sites: [B P ...], B 1 where they are means. */
  async at(layer: number, signal?: AbortSignal): Promise<ReadonlyMap<Site, Tensor>> {
    while (this.#next <= layer) {
      signal?.throwIfAborted();
      await this.#step();
    }
    return this.#kept.get(layer) ?? new Map();
  }

  /** No layer before this one will be asked for again. */
  forgetBefore(layer: number): void {
    for (const known of [...this.#kept.keys()]) if (known < layer) this.#kept.delete(known);
  }

  async #step(): Promise<void> {
    const layer = this.#next++;
    const pass = new Pass(this.#host.family, this.#host.programs, this.#batch, everySlot(this.#batch));
    this.#stream ??= (await pass.embed(new Map(), new Set())).stream;
    const capture = this.#needed.get(layer) ?? new Set<Site>();
    const result = await pass.block({ layer, residPre: this.#stream, edits: new Map(), capture, keepsCache: false });
    this.#stream = result.stream;
    const values = [...result.captured].map(
      ([site, x]) => [site, this.#isMean ? meanOverRows(x, this.#batch) : x] as const,
    );
    if (values.length > 0) this.#kept.set(layer, new Map(values));
  }
}
