/**
 * What a pass over the text holds, a window and a layer at a time: mean outputs, sums over the channels that the output and
 * down projections read, norms of what units write. Besides these sums there are one stream a window, and of one layer and
 * window z, what every head writes (4 N D bytes a token, where write norms are asked for) and the MLP's values.
 */
import { makeBatch } from '../../run/batch.ts';
import { everySlot } from '../../run/cleanRun.ts';
import type { Model } from '../../run/index.ts';
import { Pass } from '../../run/pass.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Site } from '../../terms/sites.ts';
import type { SiteMeans } from './windowRuns.ts';

/** Over all tokens of the text, one number a channel. */
export interface ChannelSums {
  readonly tokens: number;
  readonly mean: Float64Array;
  /** Sample variance, n - 1. */
  readonly variance: Float64Array;
  /** sum over tokens of x^2 */
  readonly squares: Float64Array;
  /** sum over windows of (mean over a window's tokens of |x|)^2 */
  readonly magnitudes: Float64Array;
}

/** Mean over tokens of the norm of what a unit adds. */
export interface WriteNorms {
  readonly head: Float64Array;
  readonly 'kv-group': Float64Array;
  readonly layer: Float64Array;
  /** Null where the model has no MLPs. */
  readonly mlp: Float64Array | null;
}

export interface ObservedLayer {
  /** z, [N H]. */
  readonly heads: ChannelSums;
  /** What the down projection reads, [M]; null where the model has no MLPs. */
  readonly mlp: ChannelSums | null;
  readonly norms: WriteNorms;
  /** Of z, attnOut and mlpOut. */
  readonly means: SiteMeans;
}

export interface Observed {
  readonly layers: readonly ObservedLayer[];
  /** [B 1, P, D] after the last layer, one a window. */
  readonly streams: readonly Tensor[];
}

export interface ObserveRequest {
  readonly windows: readonly (readonly number[])[];
  readonly signal?: AbortSignal;
}

/** Blocks done, over all windows. */
export interface BlocksDone {
  readonly done: number;
  readonly total: number;
}

export async function* observe(model: Model, request: ObserveRequest): AsyncGenerator<BlocksDone, Observed> {
  const { windows, signal } = request;
  const { layers } = model.family.shape;
  const watched = watchedSites(model);
  const seen = Array.from({ length: layers }, () => new LayerSums(model));
  const streams: Tensor[] = [];
  let done = 0;
  for (const ids of windows) {
    const batch = makeBatch([ids], model.family, 'right');
    const pass = new Pass(model.family, model.programs, batch, everySlot(batch));
    let { stream } = await model.exclusive(() => pass.embed(new Map(), new Set()));
    for (const [layer, sums] of seen.entries()) {
      signal?.throwIfAborted();
      const residPre = stream;
      const found = await model.exclusive(() =>
        pass.block({ layer, residPre, edits: new Map(), capture: watched, keepsCache: false }),
      );
      model.checkStream(layer, found.stream);
      sums.add(found.captured, ids.length);
      stream = found.stream;
      yield { done: ++done, total: layers * windows.length };
    }
    streams.push(stream);
  }
  return { layers: seen.map((sums) => sums.result()), streams };
}

function watchedSites({ family: { lacks } }: Model): ReadonlySet<Site> {
  const wanted: readonly Site[] = ['z', 'headWrite', 'attnOut', 'mlpAct', 'mlpOut'];
  return new Set(wanted.filter((site) => lacks[site] === undefined));
}

class LayerSums {
  readonly #shape: Model['family']['shape'];
  readonly #heads: Channels;
  #mlp: Channels | null = null;
  readonly #attnOut: Channels;
  #mlpOut: Channels | null = null;
  readonly #norms: { head: Float64Array; group: Float64Array; layer: Float64Array; mlp: Float64Array };
  #tokens = 0;

  constructor({ family: { shape } }: Model) {
    this.#shape = shape;
    this.#heads = new Channels(shape.heads * shape.headWidth);
    this.#attnOut = new Channels(shape.width);
    const sums = (size: number) => new Float64Array(size);
    this.#norms = { head: sums(shape.heads), group: sums(shape.kvHeads), layer: sums(1), mlp: sums(1) };
  }

  add(captured: ReadonlyMap<Site, Tensor>, tokens: number): void {
    const at = (site: Site) => captured.get(site)?.data ?? new Float32Array();
    this.#tokens += tokens;
    this.#heads.add(at('z'), tokens);
    this.#attnOut.add(at('attnOut'), tokens);
    this.#addHeads(at('headWrite'), tokens);
    const out = captured.get('mlpOut')?.data ?? null;
    if (out !== null) this.#addMlp(at('mlpAct'), out, tokens);
    this.#norms.layer[0] =
      (this.#norms.layer[0] ?? 0) + sumOfNorms(out === null ? at('attnOut') : added(at('attnOut'), out), tokens);
  }

  result(): ObservedLayer {
    const means = new Map<Site, Float32Array>([
      ['z', this.#heads.mean()],
      ['attnOut', this.#attnOut.mean()],
    ]);
    if (this.#mlpOut !== null) means.set('mlpOut', this.#mlpOut.mean());
    const over = (sums: Float64Array) => sums.map((sum) => sum / this.#tokens);
    const { head, group, layer, mlp } = this.#norms;
    return {
      heads: this.#heads.result(),
      mlp: this.#mlp?.result() ?? null,
      norms: {
        head: over(head),
        'kv-group': over(group),
        layer: over(layer),
        mlp: this.#mlp === null ? null : over(mlp),
      },
      means,
    };
  }

  #addMlp(act: Float32Array, out: Float32Array, tokens: number): void {
    this.#mlp ??= new Channels(act.length / tokens);
    this.#mlpOut ??= new Channels(out.length / tokens);
    this.#mlp.add(act, tokens);
    this.#mlpOut.add(out, tokens);
    this.#norms.mlp[0] = (this.#norms.mlp[0] ?? 0) + sumOfNorms(out, tokens);
  }

  /** Writes [P N D]: norms of each head's, and of the sum of each group's. */
  #addHeads(writes: Float32Array, tokens: number): void {
    const { heads, kvHeads, width } = this.#shape;
    const { head, group } = this.#norms;
    const size = heads / kvHeads;
    const sum = new Float64Array(width);
    for (let token = 0; token < tokens; token++) {
      for (let n = 0; n < heads; n++) {
        if (n % size === 0) sum.fill(0);
        const from = (token * heads + n) * width;
        let square = 0;
        for (let i = 0; i < width; i++) {
          const value = writes[from + i] as number;
          square += value * value;
          sum[i] = (sum[i] as number) + value;
        }
        head[n] = (head[n] as number) + Math.sqrt(square);
        if (n % size < size - 1) continue;
        const of = Math.floor(n / size);
        group[of] = (group[of] as number) + Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
      }
    }
  }
}

/** Means and sums of squares by channel, with the variance about the mean so far (Welford 1962). */
class Channels {
  readonly #size: number;
  readonly #mean: Float64Array;
  /** sum (x - mean)^2 */
  readonly #deviations: Float64Array;
  readonly #squares: Float64Array;
  readonly #magnitudes: Float64Array;
  #tokens = 0;

  constructor(size: number) {
    this.#size = size;
    const zeros = () => new Float64Array(size);
    [this.#mean, this.#deviations, this.#squares, this.#magnitudes] = [zeros(), zeros(), zeros(), zeros()];
  }

  /** One window's [P, size]. */
  add(x: Float32Array, tokens: number): void {
    const size = this.#size;
    const [magnitude, squares] = [new Float64Array(size), new Float64Array(size)];
    for (let token = 0, at = 0; token < tokens; token++) {
      this.#tokens += 1;
      for (let c = 0; c < size; c++, at++) {
        const value = x[at] as number;
        const off = value - (this.#mean[c] as number);
        this.#mean[c] = (this.#mean[c] as number) + off / this.#tokens;
        this.#deviations[c] = (this.#deviations[c] as number) + off * (value - (this.#mean[c] as number));
        squares[c] = (squares[c] as number) + value * value;
        magnitude[c] = (magnitude[c] as number) + Math.abs(value);
      }
    }
    for (let c = 0; c < size; c++) {
      this.#squares[c] = (this.#squares[c] as number) + (squares[c] as number);
      this.#magnitudes[c] = (this.#magnitudes[c] as number) + ((magnitude[c] as number) / tokens) ** 2;
    }
  }

  mean(): Float32Array {
    return Float32Array.from(this.#mean);
  }

  result(): ChannelSums {
    const variance = this.#deviations.map((sum) => sum / Math.max(1, this.#tokens - 1));
    return {
      ...{ tokens: this.#tokens, variance },
      ...{ mean: this.#mean, squares: this.#squares, magnitudes: this.#magnitudes },
    };
  }
}

function added(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + (b[i] as number));
}

/** Of [P, width], the norms of the rows summed. */
function sumOfNorms(x: Float32Array, tokens: number): number {
  const width = x.length / tokens;
  let total = 0;
  for (let token = 0; token < tokens; token++) {
    let square = 0;
    for (let i = token * width; i < (token + 1) * width; i++) square += (x[i] as number) ** 2;
    total += Math.sqrt(square);
  }
  return total;
}
