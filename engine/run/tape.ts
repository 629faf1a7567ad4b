/**
 * Reverse mode through a whole model, one block at a time: a forward pass keeps one stream per layer, and each block is run
 * again from its stream when its gradient is asked for. Memory is that of one block's activations plus one stream a layer;
 * weights are the buffers that every other program is fed.
 */
import type { Edit } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { sites } from '../terms/sites.ts';
import { Fault } from '../terms/fault.ts';
import { takeOnePerRow } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize, tensor } from '../tensor/tensor.ts';
import type { Objective } from './backwardGraph.ts';
import type { Batch } from './batch.ts';
import type { AffineFeeds } from './editPlan.ts';
import { checkEdits } from './checkEdits.ts';
import { editsAt } from './editPlan.ts';
import type { ForwardHost } from './forward.ts';
import type { Feeds } from './ort.ts';
import type { AffineBySite, Gradients } from './pass.ts';
import { Pass } from './pass.ts';
import { STREAM } from './program.ts';
import { addInput, captureOutput, scaleInput } from './taps.ts';

export interface TapeRequest {
  readonly batch: Batch;
  readonly edits?: readonly Edit[];
  /** [B P D] instead of the embedding of the batch's ids (integrated gradients). */
  readonly embedding?: Tensor;
  readonly signal?: AbortSignal;
}

/** What is scored, and where: one position of each row. */
export interface ScoredAt {
  readonly objective: Objective;
  readonly feeds: Feeds;
  /** Per row, the slot whose logits are scored. */
  readonly slots: readonly number[];
}

export interface Scored {
  /** [B] */
  readonly values: Float32Array;
  /** [B P 1 V] at the scored slots. */
  readonly logits: Tensor;
  /** [B P D]: the gradient with respect to the last block's residPost; zero but at the scored slots. */
  readonly upstream: Tensor;
  /** Of the unembedding, as asked for; summed over rows. */
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** Asked of one block. */
export interface BlockWanted {
  /** Sites whose gradients are wanted. */
  readonly sites: readonly Site[];
  /** Sites whose values are wanted, after their edits. */
  readonly values?: readonly Site[];
  /** Edited sites whose gradients with respect to the edit's scale and add are wanted. */
  readonly scales?: readonly Site[];
  /** Parameters of the block's program whose gradients are wanted, summed over rows. */
  readonly weights?: readonly string[];
}

export interface BlockGradients {
  /** [B P D]: with respect to residPre as it comes from the block before. */
  readonly upstream: Tensor;
  readonly sites: ReadonlyMap<Site, Tensor>;
  readonly values: ReadonlyMap<Site, Tensor>;
  /** Of the shape of the edit's own scale and add. */
  readonly scales: ReadonlyMap<Site, { readonly scale: Tensor; readonly add: Tensor }>;
  readonly weights: ReadonlyMap<string, Tensor>;
}

export class Tape {
  readonly batch: Batch;
  /** residPre of each layer, then residPost of the last: [B P D] each. */
  readonly streams: readonly Tensor[];
  readonly #host: ForwardHost;
  readonly #edits: readonly Edit[];
  readonly #pass: Pass;
  readonly #signal: AbortSignal | undefined;

  private constructor(host: ForwardHost, request: TapeRequest, pass: Pass, streams: readonly Tensor[]) {
    this.#host = host;
    this.batch = request.batch;
    this.#edits = request.edits ?? [];
    this.#pass = pass;
    this.#signal = request.signal;
    this.streams = streams;
  }

  /** The forward pass. Throws Fault for edits that don't fit and for a stream that is not finite. */
  static async record(host: ForwardHost, request: TapeRequest): Promise<Tape> {
    const { batch, edits = [], signal } = request;
    checkEdits(edits, host.family, batch);
    const pass = wholePass(host, batch);
    const embedded = request.embedding ?? (await embed(pass, edits));
    const streams = [embedded];
    for (let layer = 0; layer < host.family.shape.layers; layer++) {
      signal?.throwIfAborted();
      const residPre = streams[layer] as Tensor;
      const affine = pass.affine(editsAt(edits, layer), layer);
      const { stream } = await pass.block({ layer, residPre, edits: affine, capture: new Set(), keepsCache: false });
      host.checkStream(layer, stream);
      streams.push(stream);
    }
    return new Tape(host, request, pass, streams);
  }

  /** The objective at the scored slots, and its gradient: where the backward pass starts. */
  async score({ objective, feeds, slots }: ScoredAt, weights: readonly string[] = []): Promise<Scored> {
    const last = this.streams.at(-1) as Tensor;
    const found = await this.#pass.unembedGradients(takeOnePerRow(last, 'P', slots), {
      ...{ objective, feeds, edits: this.#modelEdits(), wrt: ['residPost', ...weights], values: [STREAM] },
    });
    if (found.objective === null) throw new RangeError('unembedGradients gave no objective');
    return {
      values: found.objective.data,
      logits: found.values.get(STREAM) as Tensor,
      upstream: spread(found.gradients.get('residPost') as Tensor, last, slots),
      weights: new Map(weights.map((name) => [name, found.gradients.get(name) as Tensor] as const)),
    };
  }

  /** One block backward: `upstream` [B P D] is the gradient with respect to its residPost. */
  async block(layer: number, upstream: Tensor, wanted: BlockWanted): Promise<BlockGradients> {
    this.#signal?.throwIfAborted();
    const inside = wanted.sites.filter((site) => site !== 'residPost');
    checkSites([...wanted.sites, ...(wanted.values ?? [])], this.#host);
    const scales = wanted.scales ?? [];
    const weights = wanted.weights ?? [];
    const found = await this.#pass.blockGradients({
      layer,
      residPre: this.streams[layer] as Tensor,
      upstream: new Map([[STREAM, upstream]]),
      edits: this.#blockEdits(layer),
      wrt: ['residPre', ...inside.map(captureOutput), ...scales.flatMap(editInputs), ...weights],
      values: (wanted.values ?? []).map(captureOutput),
    });
    return {
      upstream: found.gradients.get('residPre') as Tensor,
      sites: new Map(wanted.sites.map((site) => [site, gradientAt(site, upstream, found)] as const)),
      values: new Map((wanted.values ?? []).map((site) => [site, found.values.get(captureOutput(site)) as Tensor])),
      scales: new Map(scales.map((site) => [site, editGradients(site, found)] as const)),
      weights: new Map(weights.map((name) => [name, found.gradients.get(name) as Tensor] as const)),
    };
  }

  /**
   * The gradient with respect to what each head reads through one of its inputs alone: [B P N D] (q) or [B P G D] (k, v),
   * from the gradient at that site. The block's norm is differentiated too. One row of a batch per head:
   * only that head's gradient flows back.
   */
  async headInput(layer: number, input: 'q' | 'k' | 'v', gradient: Tensor): Promise<Tensor> {
    const axis = input === 'q' ? 'N' : 'G';
    const heads = axisSize(gradient, axis);
    const perHead: Tensor[] = [];
    for (let head = 0; head < heads; head++) {
      this.#signal?.throwIfAborted();
      const { gradients } = await this.#pass.blockGradients({
        layer,
        residPre: this.streams[layer] as Tensor,
        upstream: new Map([[captureOutput(input), onlyHead(gradient, head)]]),
        edits: this.#blockEdits(layer),
        wrt: ['residPre'],
        values: [],
      });
      perHead.push(gradients.get('residPre') as Tensor);
    }
    return stacked(perHead, axis);
  }

  /** Weights of the embedding, from the gradient with respect to the first block's residPre; summed over rows. */
  async embedding(upstream: Tensor, weights: readonly string[]): Promise<ReadonlyMap<string, Tensor>> {
    const own = new Map([...editsAt(this.#edits, null)].filter(([site]) => site === 'embed'));
    return (await this.#pass.embedGradients(upstream, this.#pass.affine(own, null), weights)).gradients;
  }

  /**
   * The same with what attention and the MLP add held fixed: the gradient [B P D] that flows past the block in the stream
   * alone (in most families `upstream` itself).
   */
  async pastBlock(layer: number, upstream: Tensor): Promise<Tensor> {
    this.#signal?.throwIfAborted();
    const residPre = this.streams[layer] as Tensor;
    const added = (['attnOut', 'mlpOut'] as const).filter((site) => this.#host.family.lacks[site] === undefined);
    const values = await this.valuesFrom(layer, residPre, added);
    const fixed = new Map(added.map((site) => [site, replacing(values.get(site) as Tensor)] as const));
    const { gradients } = await this.#pass.blockGradients({
      ...{ layer, residPre, upstream: new Map([[STREAM, upstream]]), edits: fixed, wrt: ['residPre'], values: [] },
    });
    return gradients.get('residPre') as Tensor;
  }

  /** Values of sites when the block is run from another stream [B P D]; `edits` are in force where the tape has none. */
  async valuesFrom(
    layer: number,
    residPre: Tensor,
    capture: readonly Site[],
    edits: AffineBySite = new Map(),
  ): Promise<ReadonlyMap<Site, Tensor>> {
    this.#signal?.throwIfAborted();
    checkSites(capture, this.#host);
    const all = new Map([...edits, ...this.#blockEdits(layer)]);
    const result = await this.#pass.block({
      ...{ layer, residPre, edits: all, capture: new Set(capture), keepsCache: false },
    });
    return result.captured;
  }

  #blockEdits(layer: number): AffineBySite {
    return this.#pass.affine(editsAt(this.#edits, layer), layer);
  }

  #modelEdits(): AffineBySite {
    const edits = editsAt(this.#edits, null);
    const late = new Map([...edits].filter(([site]) => site !== 'embed'));
    return this.#pass.affine(late, null);
  }
}

/** The edit that puts a value [B ..] in a site's place. */
export function replacing(value: Tensor): AffineFeeds {
  const shape = value.axes.map(({ size }) => size);
  return { scale: { data: new Float32Array(1), shape: shape.map(() => 1) }, add: { data: value.data, shape } };
}

/** Every query of every position at once. */
function wholePass(host: ForwardHost, batch: Batch): Pass {
  const slots = Array.from({ length: batch.slots }, (_, slot) => slot);
  return new Pass(host.family, host.programs, batch, { queries: slots, stream: slots, keys: batch.slots });
}

async function embed(pass: Pass, edits: readonly Edit[]): Promise<Tensor> {
  const own = new Map([...editsAt(edits, null)].filter(([site]) => site === 'embed'));
  return (await pass.embed(pass.affine(own, null), new Set())).stream;
}

function checkSites(wanted: readonly Site[], { family }: ForwardHost): void {
  for (const site of wanted) {
    const lack = family.lacks[site];
    if (lack !== undefined) throw new Fault({ what: `this model has no site ${site}: ${lack}` });
    if (sites[site].per === 'layer') continue;
    throw new RangeError(`site ${site} is none of a block's`);
  }
}

function gradientAt(site: Site, upstream: Tensor, { gradients }: Gradients): Tensor {
  return site === 'residPost' ? upstream : (gradients.get(captureOutput(site)) as Tensor);
}

function editInputs(site: Site): string[] {
  return [scaleInput(site), addInput(site)];
}

function editGradients(site: Site, { gradients }: Gradients): { scale: Tensor; add: Tensor } {
  const [scale, add] = editInputs(site).map((name) => gradients.get(name) as Tensor) as [Tensor, Tensor];
  return { scale, add };
}

/** [B 1 D] at one slot of each row, zeros elsewhere: [B P D]. */
function spread(at: Tensor, like: Tensor, slots: readonly number[]): Tensor {
  const [positions, width] = [axisSize(like, 'P'), axisSize(like, 'D')];
  const data = new Float32Array(like.data.length);
  slots.forEach((slot, row) => {
    data.set(at.data.subarray(row * width, (row + 1) * width), (row * positions + slot) * width);
  });
  return tensor(data, like.axes);
}

/** Zeros at every other head of [B P N H]. */
function onlyHead(x: Tensor, head: number): Tensor {
  const [heads, width] = x.axes.slice(2).map(({ size }) => size) as [number, number];
  const data = new Float32Array(x.data.length);
  for (let at = head * width; at < data.length; at += heads * width) data.set(x.data.subarray(at, at + width), at);
  return tensor(data, x.axes);
}

/** [B P D] per head -> [B P N D]. */
function stacked(perHead: readonly Tensor[], axis: 'N' | 'G'): Tensor {
  const [first] = perHead as readonly [Tensor];
  const [batch, position, width] = first.axes as [Tensor['axes'][0], Tensor['axes'][0], Tensor['axes'][0]];
  const data = new Float32Array(first.data.length * perHead.length);
  perHead.forEach((x, head) => {
    for (let token = 0; token * width.size < x.data.length; token++) {
      const to = (token * perHead.length + head) * width.size;
      data.set(x.data.subarray(token * width.size, (token + 1) * width.size), to);
    }
  });
  return tensor(data, [batch, position, { axis, size: perHead.length }, width]);
}
