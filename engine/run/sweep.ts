/**
 * One edit per unit, many units: the plan behind ablating every head. Layer by layer, the clean stream is carried along;
 * each unit of a layer starts from it, units share a batch, and only the answer positions leave the last layer.
 */
import type { Family } from '../arch/architecture.ts';
import { Fault } from '../terms/fault.ts';
import type { Site } from '../terms/sites.ts';
import { takeOnePerRow } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize, tensor } from '../tensor/tensor.ts';
import type { Batch } from './batch.ts';
import { makeBatch, repeatBatch } from './batch.ts';
import type { AffineFeeds, Slots } from './editPlan.ts';
import type { ForwardHost } from './forward.ts';
import type { AffineBySite } from './pass.ts';
import { Pass } from './pass.ts';

/** What one run of the sweep replaces: whole sites of a layer, or some heads of z. */
export interface SweepUnit {
  readonly layer: number;
  readonly sites: readonly Site[];
  /** Query heads, where the site is z; all of the site otherwise. */
  readonly heads?: readonly number[];
}

/** Where the values come from: nothing (zero), the mean over prompts at each position, or another prompt's values. */
export type SweepKind = 'zero' | 'mean' | 'resample';

export interface SweepRequest {
  readonly ids: readonly (readonly number[])[];
  /** Per row, the position whose logits are asked for. */
  readonly answerPositions: readonly number[];
  readonly units: readonly SweepUnit[];
  readonly kind: SweepKind;
  /** `mean`: the prompts to average over (default: `ids`). `resample`: one prompt per row. */
  readonly reference?: readonly (readonly number[])[];
  readonly signal?: AbortSignal;
}

export interface SweepResult {
  readonly unit: SweepUnit;
  /** [B V] at the answer positions. */
  readonly logits: Tensor;
}

/**
 * Multiply-adds of one program run: about 60 ms on two cores, so that a sweep can be stopped or overtaken between
 * programs, and past the point where more rows make the products any faster.
 */
const MULTIPLY_ADDS_PER_RUN = 5e9;

/** Clean logits [B V] at the answer positions first, then one result per unit, in layer order. */
export async function* sweep(
  host: ForwardHost,
  request: SweepRequest,
): AsyncGenerator<SweepResult | { readonly unit: null; readonly logits: Tensor }> {
  yield* new Sweep(host, request).run();
}

class Sweep {
  readonly #host: ForwardHost;
  readonly #request: SweepRequest;
  readonly #clean: Batch;
  readonly #reference: Batch | null;
  readonly #answerSlots: readonly number[];
  readonly #perRun: number;

  constructor(host: ForwardHost, request: SweepRequest) {
    this.#host = host;
    this.#request = request;
    // Left padding puts the ends, which prompts of a task share, at the same slots.
    this.#clean = makeBatch(request.ids, host.family, 'left');
    this.#reference = referenceBatch(request, host.family);
    this.#answerSlots = request.answerPositions.map((position, row) => position + (this.#clean.offsets[row] ?? 0));
    this.#perRun = unitsPerRun(host.family, this.#clean);
    requireAligned(this.#clean, this.#reference, request.kind);
  }

  async *run(): AsyncGenerator<SweepResult | { readonly unit: null; readonly logits: Tensor }> {
    yield { unit: null, logits: await this.#baseline() };
    let stream = await this.#embed(this.#clean);
    let reference = this.#reference === null ? null : await this.#embed(this.#reference);
    const { layers } = this.#host.family.shape;
    const lastUsed = Math.max(-1, ...this.#request.units.map(({ layer }) => layer));
    for (let layer = 0; layer <= Math.min(lastUsed, layers - 1); layer++) {
      const units = this.#request.units.filter((unit) => unit.layer === layer);
      const values = await this.#values(layer, units, reference);
      for (let from = 0; from < units.length; from += this.#perRun) {
        yield* await this.#runUnits(layer, units.slice(from, from + this.#perRun), stream, values.sites);
      }
      stream = (await this.#plainBlock(this.#clean, layer, stream)).stream;
      reference = values.stream;
    }
  }

  async #baseline(): Promise<Tensor> {
    const stream = await this.#embed(this.#clean);
    return this.#toLogits(this.#clean, 0, stream, 1);
  }

  async #embed(batch: Batch): Promise<Tensor> {
    return (await this.#pass(batch).embed(new Map(), new Set())).stream;
  }

  /** Values of the sites that this layer's units replace, and the reference stream after the layer. */
  async #values(
    layer: number,
    units: readonly SweepUnit[],
    reference: Tensor | null,
  ): Promise<{ sites: ReadonlyMap<Site, Tensor>; stream: Tensor | null }> {
    if (this.#reference === null || reference === null) return { sites: new Map(), stream: null };
    const capture = new Set(units.flatMap((unit) => unit.sites));
    const batch = this.#reference;
    const pass = this.#pass(batch);
    const result = await pass.block({ layer, residPre: reference, edits: new Map(), capture, keepsCache: false });
    const mean = this.#request.kind === 'mean';
    const sites = new Map([...result.captured].map(([site, x]) => [site, mean ? meanOverRows(x, batch) : x] as const));
    return { sites, stream: result.stream };
  }

  async #runUnits(
    layer: number,
    units: readonly SweepUnit[],
    clean: Tensor,
    values: ReadonlyMap<Site, Tensor>,
  ): Promise<SweepResult[]> {
    const batch = repeatBatch(this.#clean, units.length);
    const residPre = repeatRows(clean, units.length);
    const edits = (slots: readonly number[]) => unitFeeds(units, values, this.#host.family, this.#clean, slots);
    const last = layer === this.#host.family.shape.layers - 1;
    const logits = last
      ? await this.#toLogits(batch, layer, residPre, units.length, edits)
      : await this.#afterEdit(batch, layer, residPre, units, edits(allSlots(batch)));
    return units.map((unit, i) => ({ unit, logits: rowsOf(logits, i * this.#clean.rows, this.#clean.rows) }));
  }

  async #afterEdit(
    batch: Batch,
    layer: number,
    residPre: Tensor,
    units: readonly SweepUnit[],
    edits: AffineBySite,
  ): Promise<Tensor> {
    const { stream } = await this.#pass(batch).block({ layer, residPre, edits, capture: new Set(), keepsCache: false });
    return this.#toLogits(batch, layer + 1, stream, units.length);
  }

  /** From the stream before `layer` to logits [B V] at the answer slots; the edits, if any, act in the last layer. */
  async #toLogits(
    batch: Batch,
    layer: number,
    stream: Tensor,
    copies: number,
    edits?: (slots: readonly number[]) => AffineBySite,
  ): Promise<Tensor> {
    const { layers } = this.#host.family.shape;
    const pass = this.#pass(batch);
    let current = stream;
    for (let l = layer; l < layers - 1; l++) {
      current = (await this.#block(pass, l, current)).stream;
    }
    const slots = repeat(this.#answerSlots, copies);
    const end = await this.#lastBlock(batch, current, slots, edits);
    const { stream: logits } = await pass.unembed(end, new Map(), new Set());
    return tensor(
      logits.data,
      logits.axes.filter(({ axis }) => axis !== 'P'),
    );
  }

  /** The last layer at the answer slots only; [B, P 1, D]. */
  async #lastBlock(
    batch: Batch,
    stream: Tensor,
    slots: readonly number[],
    edits?: (slots: readonly number[]) => AffineBySite,
  ): Promise<Tensor> {
    const layer = this.#host.family.shape.layers - 1;
    const [slot] = slots;
    const same = slot !== undefined && slots.every((other) => other === slot);
    const none = { capture: new Set<Site>(), keepsCache: false };
    this.#request.signal?.throwIfAborted();
    if (!same) {
      const block = { layer, residPre: stream, edits: edits?.(allSlots(batch)) ?? new Map(), ...none };
      return takeOnePerRow((await this.#pass(batch).block(block)).stream, 'P', slots);
    }
    const narrow: Slots = { queries: [slot], stream: allSlots(batch), keys: batch.slots };
    const pass = new Pass(this.#host.family, this.#host.programs, batch, narrow);
    const residPre = takeOnePerRow(stream, 'P', slots);
    return (await pass.block({ layer, residPre, keyStream: stream, edits: edits?.([slot]) ?? new Map(), ...none }))
      .stream;
  }

  #plainBlock(batch: Batch, layer: number, residPre: Tensor) {
    return this.#block(this.#pass(batch), layer, residPre);
  }

  async #block(pass: Pass, layer: number, residPre: Tensor) {
    this.#request.signal?.throwIfAborted();
    const result = await pass.block({ layer, residPre, edits: new Map(), capture: new Set(), keepsCache: false });
    this.#host.checkStream(layer, result.stream);
    return result;
  }

  #pass(batch: Batch): Pass {
    const slots = allSlots(batch);
    return new Pass(this.#host.family, this.#host.programs, batch, {
      queries: slots,
      stream: slots,
      keys: batch.slots,
    });
  }
}

function referenceBatch(request: SweepRequest, family: Family): Batch | null {
  if (request.kind === 'zero') return null;
  if (request.kind === 'mean') return makeBatch(request.reference ?? request.ids, family, 'left');
  if (request.reference?.length !== request.ids.length) {
    throw new Fault({
      what: 'resample needs a corrupt prompt for every prompt',
      expected: `${request.ids.length}`,
      got: String(request.reference?.length ?? 0),
    });
  }
  return makeBatch(request.reference, family, 'left');
}

/** Values are taken slot by slot, counted from the end of the row. */
function requireAligned(clean: Batch, reference: Batch | null, kind: SweepKind): void {
  if (reference === null) return;
  if (reference.slots !== clean.slots) {
    throw new Fault({
      what: `${kind}: reference prompts of another length`,
      expected: `${clean.slots} tokens`,
      got: String(reference.slots),
    });
  }
  if (kind !== 'resample') return;
  const row = clean.lengths.findIndex((length, i) => length !== reference.lengths[i]);
  if (row < 0) return;
  throw new Fault({
    what: 'resample: corrupt prompt of another length',
    where: `prompt ${row}`,
    expected: `${clean.lengths[row]} tokens`,
    got: String(reference.lengths[row]),
  });
}

function unitsPerRun(family: Family, batch: Batch): number {
  const { width, heads, headWidth, kvHeads, mlpWidth } = family.shape;
  const perToken = width * headWidth * 2 * (heads + kvHeads) + 3 * width * (mlpWidth ?? 0);
  return Math.max(1, Math.round(MULTIPLY_ADDS_PER_RUN / (perToken * batch.rows * batch.slots)));
}

function allSlots(batch: Batch): number[] {
  return Array.from({ length: batch.slots }, (_, slot) => slot);
}

function repeat<T>(items: readonly T[], times: number): T[] {
  return Array.from({ length: times }, () => items).flat();
}

function repeatRows(x: Tensor, times: number): Tensor {
  if (times === 1) return x;
  const data = new Float32Array(x.data.length * times);
  for (let copy = 0; copy < times; copy++) data.set(x.data, copy * x.data.length);
  return tensor(
    data,
    x.axes.map((entry) => (entry.axis === 'B' ? { axis: entry.axis, size: entry.size * times } : entry)),
  );
}

function rowsOf(x: Tensor, from: number, count: number): Tensor {
  const width = x.data.length / axisSize(x, 'B');
  const axes = x.axes.map((entry) => (entry.axis === 'B' ? { axis: entry.axis, size: count } : entry));
  return tensor(x.data.subarray(from * width, (from + count) * width), axes);
}

/** Mean over the rows that have a token at the slot: [B 1, P, ...], summed in float64. */
function meanOverRows(x: Tensor, batch: Batch): Tensor {
  const perRow = x.data.length / batch.rows;
  const perSlot = perRow / batch.slots;
  const sums = new Float64Array(perRow);
  const counts = new Float64Array(batch.slots);
  for (let row = 0; row < batch.rows; row++) {
    for (let slot = batch.offsets[row] ?? 0; slot < batch.slots; slot++) {
      counts[slot] = (counts[slot] ?? 0) + 1;
      for (let i = slot * perSlot; i < (slot + 1) * perSlot; i++)
        sums[i] = (sums[i] ?? 0) + (x.data[row * perRow + i] ?? 0);
    }
  }
  const data = Float32Array.from(sums, (sum, i) => sum / Math.max(1, counts[Math.floor(i / perSlot)] ?? 1));
  return tensor(
    data,
    x.axes.map((entry) => (entry.axis === 'B' ? { axis: entry.axis, size: 1 } : entry)),
  );
}

/** Feeds for a batch in which copy c of the prompts has unit c replaced, at these slots. */
function unitFeeds(
  units: readonly SweepUnit[],
  values: ReadonlyMap<Site, Tensor>,
  family: Family,
  clean: Batch,
  slots: readonly number[],
): AffineBySite {
  const edited = [...new Set(units.flatMap((unit) => unit.sites))];
  return new Map(edited.map((site) => [site, siteFeeds(site, units, values.get(site), family, clean, slots)] as const));
}

function siteFeeds(
  site: Site,
  units: readonly SweepUnit[],
  value: Tensor | undefined,
  family: Family,
  clean: Batch,
  slots: readonly number[],
): AffineFeeds {
  const groups = site === 'z' ? family.shape.heads : 1;
  const width = site === 'z' ? family.shape.headWidth : family.shape.width;
  const isReplaced = (unit: SweepUnit, group: number) =>
    unit.sites.includes(site) && (unit.heads?.includes(group) ?? true);
  const rows = units.length * clean.rows;
  const shape = (b: number, p: number, n: number, h: number) => (site === 'z' ? [b, p, n, h] : [b, p, h]);
  const scale = Float32Array.from({ length: rows * groups }, (_, i) => {
    const unit = units[Math.floor(i / groups / clean.rows)];
    return unit !== undefined && isReplaced(unit, i % groups) ? 0 : 1;
  });
  const scaleFeed = { data: scale, shape: shape(rows, 1, groups, 1) };
  if (value === undefined) return { scale: scaleFeed, add: { data: new Float32Array(1), shape: shape(1, 1, 1, 1) } };
  const add = new Float32Array(rows * slots.length * groups * width);
  const valueRows = axisSize(value, 'B');
  for (let row = 0; row < rows; row++) {
    const from = valueRows === 1 ? 0 : row % clean.rows;
    for (let p = 0; p < slots.length; p++) {
      for (let group = 0; group < groups; group++) {
        if (scale[row * groups + group] !== 0) continue;
        const source = ((from * clean.slots + (slots[p] ?? 0)) * groups + group) * width;
        add.set(value.data.subarray(source, source + width), ((row * slots.length + p) * groups + group) * width);
      }
    }
  }
  return { scale: scaleFeed, add: { data: add, shape: shape(rows, slots.length, groups, width) } };
}
