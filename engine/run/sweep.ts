/**
 * One set of replacements per unit, many units: the plan behind ablating every head, pairs of them, and patching. Layer by
 * layer the clean stream is carried along; each unit starts from it at the first layer that it touches, units that start
 * together share a batch, and only the answer positions leave the last layer.
 */
import type { Family } from '../arch/architecture.ts';
import { Fault } from '../terms/fault.ts';
import type { Site } from '../terms/sites.ts';
import { takeOnePerRow } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize, tensor } from '../tensor/tensor.ts';
import type { Batch } from './batch.ts';
import { makeBatch, repeatBatch } from './batch.ts';
import { CleanRun, everySlot } from './cleanRun.ts';
import type { Slots } from './editPlan.ts';
import type { ForwardHost } from './forward.ts';
import type { AffineBySite } from './pass.ts';
import { Pass } from './pass.ts';
import { ReferenceWalk } from './referenceWalk.ts';
import type { Replacement, SweepKind } from './replacements.ts';
import { replacementFeeds } from './replacements.ts';

export type { Replacement, SweepKind } from './replacements.ts';

/** What one run of the sweep replaces, all at once. */
export type SweepUnit = readonly Replacement[];

export interface SweepRequest {
  readonly ids: readonly (readonly number[])[];
  /** Per row, the position whose logits are asked for. */
  readonly answerPositions: readonly number[];
  readonly units: readonly SweepUnit[];
  readonly kind: SweepKind;
  /** Factor of `scale`. */
  readonly scaleBy?: number;
  /** `mean`: the prompts to average over (default: `ids`). `resample`: one prompt per row. */
  readonly reference?: readonly (readonly number[])[];
  /** Units that are known already, from the first in the order of the sweep: a batch with an unknown one is run whole. */
  readonly done?: number;
  /** Units in a batch; what `unitsPerRun` says where omitted. The same gives the same numbers to the last bit. */
  readonly unitsPerRun?: number;
  /** The unedited run of the same prompts, where it was made before. */
  readonly clean?: CleanRun;
  readonly signal?: AbortSignal;
}

export interface SweepResult {
  readonly unit: SweepUnit;
  /** [B V] at the answer positions. */
  readonly logits: Tensor;
}

/**
 * Multiply-adds of one program run: about 30 ms on two cores of their own, so that a sweep can be stopped or overtaken
 * between programs on busy ones too. Larger runs are no faster: on SmolLM2-135M a head takes as much processor time with
 * 16 prompts of 20 tokens in a run as with 64.
 */
const MULTIPLY_ADDS_PER_RUN = 2.5e9;

/** Units in a batch of a sweep over these prompts. */
export function unitsPerRun(family: Family, ids: readonly (readonly number[])[]): number {
  const { width, heads, headWidth, kvHeads, mlpWidth } = family.shape;
  const slots = Math.max(...ids.map((row) => row.length));
  const perToken = width * headWidth * 2 * (heads + kvHeads) + 3 * width * (mlpWidth ?? 0);
  return Math.max(1, Math.round(MULTIPLY_ADDS_PER_RUN / (perToken * ids.length * slots)));
}

/** The units in the order in which a sweep gives them: by the first layer that they touch, else as they came. */
export function sweepOrder<U extends SweepUnit>(units: readonly U[]): U[] {
  return units
    .map((unit, index) => ({ unit, index, start: firstLayer(unit) }))
    .sort((a, b) => a.start - b.start || a.index - b.index)
    .map(({ unit }) => unit);
}

/** Clean logits [B V] at the answer positions first, then one result per unit, in `sweepOrder`. */
export async function* sweep(
  host: ForwardHost,
  request: SweepRequest,
): AsyncGenerator<SweepResult | { readonly unit: null; readonly logits: Tensor }> {
  yield* new Sweep(host, request).run();
}

class Sweep {
  readonly #host: ForwardHost;
  readonly #request: SweepRequest;
  readonly #clean: CleanRun;
  readonly #units: readonly SweepUnit[];
  readonly #reference: ReferenceWalk | null;
  readonly #answerSlots: readonly number[];
  readonly #perRun: number;

  constructor(host: ForwardHost, request: SweepRequest) {
    this.#host = host;
    this.#request = request;
    this.#clean = request.clean ?? new CleanRun(host, request.ids);
    this.#units = sweepOrder(request.units);
    const { batch } = this.#clean;
    this.#answerSlots = request.answerPositions.map((position, row) => position + (batch.offsets[row] ?? 0));
    this.#perRun = request.unitsPerRun ?? unitsPerRun(host.family, request.ids);
    const reference = referenceBatch(request, host.family);
    requireAligned(batch, reference, request.kind);
    this.#reference =
      reference === null
        ? null
        : new ReferenceWalk(host, reference, request.kind === 'mean', sitesByLayer(this.#units));
  }

  async *run(): AsyncGenerator<SweepResult | { readonly unit: null; readonly logits: Tensor }> {
    yield { unit: null, logits: await this.#clean.logits(() => this.#baseline()) };
    const { done = 0 } = this.#request;
    let at = 0;
    for (const batch of this.#batches()) {
      const known = Math.max(0, Math.min(batch.length, done - at));
      at += batch.length;
      if (known < batch.length) yield* (await this.#runUnits(batch)).slice(known);
    }
  }

  /** Units that start at one layer, as many at a time as make one run. */
  *#batches(): Generator<readonly SweepUnit[]> {
    for (let from = 0; from < this.#units.length;) {
      const start = firstLayer(this.#units[from] ?? []);
      const same = this.#units.slice(from, from + this.#perRun).filter((unit) => firstLayer(unit) === start);
      yield same;
      from += same.length;
    }
  }

  async #baseline(): Promise<Tensor> {
    const { batch } = this.#clean;
    return this.#toLogits(batch, 0, await this.#clean.before(0), () => Promise.resolve(new Map()));
  }

  async #runUnits(units: readonly SweepUnit[]): Promise<SweepResult[]> {
    const { signal } = this.#request;
    const { batch: clean } = this.#clean;
    const start = firstLayer(units[0] ?? []);
    const stream = repeatRows(await this.#clean.before(start, signal), units.length);
    this.#reference?.forgetBefore(start);
    const batch = repeatBatch(clean, units.length);
    const logits = await this.#toLogits(batch, start, stream, (layer, slots) => this.#edits(units, layer, slots));
    return units.map((unit, i) => ({ unit, logits: rowsOf(logits, i * clean.rows, clean.rows) }));
  }

  async #edits(units: readonly SweepUnit[], layer: number, slots: readonly number[]): Promise<AffineBySite> {
    if (!units.some((unit) => unit.some((part) => part.layer === layer))) return new Map();
    const values = (await this.#reference?.at(layer, this.#request.signal)) ?? new Map<Site, Tensor>();
    const { kind, scaleBy = 0 } = this.#request;
    return replacementFeeds(units, values, {
      ...{ family: this.#host.family, clean: this.#clean.batch, layer, kind, scaleBy, slots },
    });
  }

  /** From the stream before `layer` to logits [B V] at the answer slots. */
  async #toLogits(batch: Batch, layer: number, stream: Tensor, edits: LayerEdits): Promise<Tensor> {
    const last = this.#host.family.shape.layers - 1;
    let current = stream;
    for (let l = layer; l < last; l++) current = await this.#block(batch, l, current, edits);
    const copies = batch.rows / this.#clean.batch.rows;
    const slots = Array.from({ length: copies }, () => this.#answerSlots).flat();
    const end = await this.#lastBlock(batch, current, slots, edits);
    const { stream: logits } = await this.#pass(batch).unembed(end, new Map(), new Set());
    return tensor(
      logits.data,
      logits.axes.filter(({ axis }) => axis !== 'P'),
    );
  }

  async #block(batch: Batch, layer: number, residPre: Tensor, edits: LayerEdits): Promise<Tensor> {
    this.#request.signal?.throwIfAborted();
    const { queries } = everySlot(batch);
    const { stream } = await this.#pass(batch).block({
      ...{ layer, residPre, edits: await edits(layer, queries), capture: new Set(), keepsCache: false },
    });
    return stream;
  }

  /** The last layer at the answer slots only, where that can be told apart; [B, P 1, D]. */
  async #lastBlock(batch: Batch, stream: Tensor, slots: readonly number[], edits: LayerEdits): Promise<Tensor> {
    const layer = this.#host.family.shape.layers - 1;
    const [slot] = slots;
    this.#request.signal?.throwIfAborted();
    const isNarrow = slot !== undefined && slots.every((other) => other === slot) && this.#readsStreamOnly(layer);
    if (!isNarrow) return takeOnePerRow(await this.#block(batch, layer, stream, edits), 'P', slots);
    const narrow: Slots = { queries: [slot], stream: everySlot(batch).queries, keys: batch.slots };
    const pass = new Pass(this.#host.family, this.#host.programs, batch, narrow);
    const residPre = takeOnePerRow(stream, 'P', slots);
    const none = { capture: new Set<Site>(), keepsCache: false };
    return (await pass.block({ layer, residPre, keyStream: stream, edits: await edits(layer, [slot]), ...none }))
      .stream;
  }

  /** A narrowed layer has its own stream at the queries: what is replaced in it must come after the keys were made. */
  #readsStreamOnly(layer: number): boolean {
    return this.#units.every((unit) =>
      unit.every((part) => part.layer !== layer || part.sites.every((site) => afterKeys.has(site))),
    );
  }

  #pass(batch: Batch): Pass {
    return new Pass(this.#host.family, this.#host.programs, batch, everySlot(batch));
  }
}

const afterKeys: ReadonlySet<Site> = new Set<Site>(['scores', 'z', 'attnOut', 'mlpOut', 'residPost']);

type LayerEdits = (layer: number, slots: readonly number[]) => Promise<AffineBySite>;

function firstLayer(unit: SweepUnit): number {
  return Math.min(...unit.map(({ layer }) => layer));
}

function sitesByLayer(units: readonly SweepUnit[]): ReadonlyMap<number, ReadonlySet<Site>> {
  const needed = new Map<number, Set<Site>>();
  for (const { layer, sites } of units.flat()) {
    const known = needed.get(layer) ?? new Set();
    for (const site of sites) known.add(site);
    needed.set(layer, known);
  }
  return needed;
}

function referenceBatch(request: SweepRequest, family: Family): Batch | null {
  if (request.kind === 'mean') return makeBatch(request.reference ?? request.ids, family, 'left');
  if (request.kind !== 'resample') return null;
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
