/**
 * What the weights of every head say without a prompt; SPEC.md states the rules. One layer's matrices are in memory at a time,
 * and both ends of the vocabulary where each is at most 512 MB (else they are read again for each layer).
 */
import type { Model } from '../../run/index.ts';
import { summariseShare } from '../../tasks/statistics.ts';
import { Fault } from '../../terms/fault.ts';
import type { Summary } from '../../terms/summary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { eigenCopying, throughTokens } from './eigenCopying.ts';
import type { HeadMatrices } from './headMatrices.ts';
import { readHeadMatrices, requireAddedStream } from './headMatrices.ts';
import type { WeightScore, WeightScoreId } from './list.ts';
import { weightScoreList } from './list.ts';
import { placelessStream, previousFromPositions } from './positionPrior.ts';
import { Products } from './products.ts';
import type { OwnLogit, SampledTokens } from './tokenCopying.ts';
import { ownLogits } from './tokenCopying.ts';
import type { Rows } from './vocabulary.ts';
import { embeddingRows, unembeddingRows } from './vocabulary.ts';

export interface WeightScoresRequest {
  readonly scores: readonly WeightScore[];
  /** Ordinary tokens that W2 to W4 are read on. */
  readonly tokens: readonly number[];
  /** Whether those are all that there are: then their share has no sampling error. */
  readonly isWhole: boolean;
  /** Heads that are known already, from the first: they are not given again. */
  readonly done?: number;
  readonly signal?: AbortSignal;
}

export interface HeadOfWeights {
  readonly kind: 'head';
  readonly layer: number;
  readonly head: number;
  /** By id. What is not sampled is exact: n is 1. */
  readonly values: Readonly<Record<string, Summary>>;
}

export type WeightScoresEvent =
  HeadOfWeights | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** Those that the model has, and why it lacks the others. Throws Fault where one that was asked for by name is lacking. */
export function scoresOfModel(
  model: Pick<Model, 'files' | 'family'>,
  ids?: readonly WeightScoreId[],
): {
  readonly read: readonly WeightScore[];
  readonly left: readonly { readonly id: string; readonly reason: string }[];
} {
  const asked = weightScoreList.filter(({ id }) => ids === undefined || ids.includes(id));
  const reason = whyNoCircuit(model);
  const lacking = asked.filter(({ reads }) => reads === 'ov' && reason !== null);
  if (reason !== null && lacking.length > 0 && ids !== undefined) throw reason;
  return {
    read: asked.filter((score) => !lacking.includes(score)),
    left: lacking.map(({ id }) => ({ id, reason: reason?.message ?? '' })),
  };
}

/** Heads in order. Throws Fault for a tensor that is missing or not finite. */
export async function* weightScores(model: Model, request: WeightScoresRequest): AsyncGenerator<WeightScoresEvent> {
  const products = new Products(model);
  try {
    yield* new Reading(model, request, products).run();
  } finally {
    await products.dispose();
  }
}

class Reading {
  readonly #model: Model;
  readonly #request: WeightScoresRequest;
  readonly #products: Products;
  readonly #unembedding: Rows;

  constructor(model: Model, request: WeightScoresRequest, products: Products) {
    this.#model = model;
    this.#request = request;
    this.#products = products;
    this.#unembedding = unembeddingRows(model, products);
  }

  async *run(): AsyncGenerator<WeightScoresEvent> {
    const { layers, heads } = this.#model.family.shape;
    const { done = 0, signal } = this.#request;
    if (done >= layers * heads) return;
    const shared = await this.#shared();
    for (let layer = Math.floor(done / heads); layer < layers; layer++) {
      signal?.throwIfAborted();
      const scored = await this.#layer(layer, shared);
      for (const [head, values] of scored.entries()) {
        if (layer * heads + head >= done) yield { kind: 'head', layer, head, values };
      }
      yield { kind: 'progress', done: (layer + 1) * heads, total: layers * heads };
    }
  }

  async #shared(): Promise<Shared> {
    const { tokens, signal } = this.#request;
    // Only needed here: it is let go before the layers are read.
    const embedding = embeddingRows(this.#model, this.#products);
    const unembedding = this.#unembedding;
    return {
      through: this.#reads('W1') ? await throughTokens(embedding, unembedding, this.#products, signal) : null,
      sampled: this.#reads('W2', 'W3', 'W4')
        ? {
            ids: tokens,
            embedded: await embedding.of(tokens, signal),
            unembedded: await unembedding.of(tokens, signal),
          }
        : null,
      stream: this.#reads('W5') ? await placelessStream(this.#model, await embedding.mean(signal)) : null,
    };
  }

  async #layer(layer: number, { through, sampled, stream }: Shared): Promise<readonly Record<string, Summary>[]> {
    const needsMatrices = through !== null || sampled !== null;
    const matrices = needsMatrices ? await readHeadMatrices(this.#model, layer) : null;
    const eigen = through === null || matrices === null ? null : await eigenCopying(matrices, through, this.#products);
    const own = sampled === null || matrices === null ? null : await this.#own(matrices, sampled);
    const previous = stream === null ? null : await previousFromPositions(this.#model, layer, stream);
    return Array.from({ length: this.#model.family.shape.heads }, (_, head) => {
      const [ovCopying, positionPrevious] = [eigen?.[head], previous?.[head]];
      const all: Record<string, Summary> = {
        ...(ovCopying === undefined ? {} : { ovCopying: exact(ovCopying) }),
        ...(own === null ? {} : this.#shares(own[head] ?? [])),
        ...(positionPrevious === undefined ? {} : { positionPrevious: exact(positionPrevious) }),
      };
      return Object.fromEntries(
        this.#request.scores.flatMap(({ id }) => (all[id] === undefined ? [] : [[id, all[id]]])),
      );
    });
  }

  #own(matrices: HeadMatrices, sampled: SampledTokens) {
    return ownLogits(matrices, sampled, this.#unembedding, this.#products, this.#request.signal);
  }

  #shares(own: readonly OwnLogit[]): Record<string, Summary> {
    const share = (isOne: (one: OwnLogit) => boolean): Summary => {
      const summary = summariseShare(own.map(isOne));
      return this.#request.isWhole ? { ...exact(summary.mean), n: summary.n } : summary;
    };
    return {
      tokenCopying: share(({ rank }) => rank === 0),
      tokenCopying10: share(({ rank }) => rank < 10),
      ownAboveMean: share(({ aboveMean }) => aboveMean),
    };
  }

  #reads(...rules: readonly string[]): boolean {
    return this.#request.scores.some(({ rule }) => rules.includes(rule));
  }
}

interface Shared {
  readonly through: Tensor | null;
  readonly sampled: SampledTokens | null;
  readonly stream: Tensor | null;
}

function exact(value: number): Summary {
  return { mean: value, standardError: 0, interval: [value, value], n: 1 };
}

function whyNoCircuit(model: Pick<Model, 'files' | 'family'>): Fault | null {
  try {
    requireAddedStream(model, 'a circuit from token to logit');
    return null;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}
