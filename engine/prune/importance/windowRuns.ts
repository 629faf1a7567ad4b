/** Windows of text through the model with parts of it replaced: several sets of parts at a time, each in a copy of the window. */
import type { Batch } from '../../run/batch.ts';
import { CleanRun, everySlot } from '../../run/cleanRun.ts';
import type { Model } from '../../run/index.ts';
import type { AffineBySite } from '../../run/pass.ts';
import { Pass } from '../../run/pass.ts';
import type { Replacement } from '../../run/replacements.ts';
import { replacementFeeds } from '../../run/replacements.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import type { Site } from '../../terms/sites.ts';

/** What takes a part's place: nothing, or its mean over the text. */
export type ReplacedBy = 'zero' | 'mean';

/** Mean over tokens of what a site of a layer holds, [D] or [N H]. */
export type SiteMeans = ReadonlyMap<Site, Float32Array>;

export interface CopiesRequest {
  readonly window: number;
  /** One set of parts for each copy. */
  readonly copies: readonly (readonly Replacement[])[];
  readonly by: ReplacedBy;
  readonly signal?: AbortSignal | undefined;
}

export class WindowRuns {
  readonly #model: Model;
  readonly #means: readonly SiteMeans[];
  readonly #clean: readonly CleanRun[];

  /** `keeps`: runs start at their first layer in whatever order they come; else from one layer on to the next. */
  constructor(
    model: Model,
    windows: readonly (readonly number[])[],
    { means, keeps }: { readonly means: readonly SiteMeans[]; readonly keeps: boolean },
  ) {
    this.#model = model;
    this.#means = means;
    this.#clean = windows.map((ids) => new CleanRun(model, [ids], keeps));
  }

  /** The stream after the last layer, [B P D] with a row for each copy. */
  async run({ window, copies, by, signal }: CopiesRequest): Promise<Tensor> {
    const clean = this.#clean[window];
    if (clean === undefined) throw new RangeError(`no window ${window}`);
    const { layers } = this.#model.family.shape;
    const first = Math.min(layers, ...copies.flat().map(({ layer }) => layer));
    const batch = repeatBatch(clean.batch, copies.length);
    let stream = repeatRow(await clean.before(first, signal), copies.length);
    for (let layer = first; layer < layers; layer++) {
      signal?.throwIfAborted();
      const edits = this.#edits(copies, layer, by, clean.batch);
      const pass = new Pass(this.#model.family, this.#model.programs, batch, everySlot(batch));
      const found = await pass.block({ layer, residPre: stream, edits, capture: new Set(), keepsCache: false });
      stream = found.stream;
    }
    return stream;
  }

  #edits(copies: CopiesRequest['copies'], layer: number, kind: ReplacedBy, clean: Batch): AffineBySite {
    if (!copies.some((parts) => parts.some((part) => part.layer === layer))) return new Map();
    const slots = everySlot(clean).queries;
    const values = kind === 'zero' ? new Map<Site, Tensor>() : this.#values(layer, clean.slots);
    return replacementFeeds(copies, values, { family: this.#model.family, clean, layer, kind, scaleBy: 0, slots });
  }

  /** The means at every position: [B 1, P, ..]. */
  #values(layer: number, slots: number): ReadonlyMap<Site, Tensor> {
    const { heads, headWidth, width } = this.#model.family.shape;
    const means = this.#means[layer] ?? new Map<Site, Float32Array>();
    return new Map(
      [...means].map(([site, mean]) => {
        const data = new Float32Array(slots * mean.length);
        for (let slot = 0; slot < slots; slot++) data.set(mean, slot * mean.length);
        const lead = [{ axis: 'B', size: 1 } as const, { axis: 'P', size: slots } as const];
        const own =
          site === 'z'
            ? [{ axis: 'N', size: heads } as const, { axis: 'H', size: headWidth } as const]
            : [{ axis: 'D', size: width } as const];
        return [site, tensor(data, [...lead, ...own])];
      }),
    );
  }
}

function repeatBatch(batch: Batch, copies: number): Batch {
  const list = <T>(items: readonly T[]) => Array.from({ length: copies }, () => items).flat();
  const ids = new BigInt64Array(batch.ids.length * copies);
  for (let copy = 0; copy < copies; copy++) ids.set(batch.ids, copy * batch.ids.length);
  const { slots } = batch;
  return {
    ...{ ids, slots, rows: batch.rows * copies },
    lengths: list(batch.lengths),
    offsets: list(batch.offsets),
    prompts: list(batch.prompts),
  };
}

function repeatRow(x: Tensor, copies: number): Tensor {
  if (copies === 1) return x;
  const data = new Float32Array(x.data.length * copies);
  for (let copy = 0; copy < copies; copy++) data.set(x.data, copy * x.data.length);
  const rows = axisSize(x, 'B') * copies;
  return tensor(
    data,
    x.axes.map((entry) => (entry.axis === 'B' ? { axis: entry.axis, size: rows } : entry)),
  );
}
