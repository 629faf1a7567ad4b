/**
 * The logit lens (nostalgebraist 2020, "interpreting GPT: the logit lens"): what the model would predict if it ended after
 * a layer. p_l = softmax(unembed(finalNorm(residPost_l))), with the model's own final norm, unembedding and, where it has
 * them, logit scale and soft cap; after the last layer this is the model's output. Early layers of many families write in
 * a basis of their own, where these numbers say little.
 */
import type { Batch } from '../run/batch.ts';
import { makeBatch } from '../run/batch.ts';
import { editsAt } from '../run/editPlan.ts';
import { ByteBudget } from '../run/attention/kept.ts';
import { LayerRuns } from '../run/attention/layerRuns.ts';
import type { Model } from '../run/index.ts';
import { Pass } from '../run/pass.ts';
import type { Edit } from '../terms/edits.ts';
import { Fault } from '../terms/fault.ts';
import { joinAxis, sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LogitReadings } from './readLogits.ts';
import { emptyReadings, readLogits } from './readLogits.ts';

export interface LogitLensRequest {
  readonly ids: readonly number[];
  /** Those at finalNorm and logits act on every layer's reading. */
  readonly edits?: readonly Edit[];
  /** Positions to read, in this order; all where omitted. */
  readonly positions?: readonly number[];
  /** Ids whose probability and rank are wanted. */
  readonly targets?: readonly number[];
  /** Likeliest ids at each position. */
  readonly top: number;
  readonly signal?: AbortSignal;
}

export interface LensLayer extends LogitReadings {
  /** residPost of this layer; -1 is the embedding, before the first block. */
  readonly layer: number;
  readonly positions: readonly number[];
}

/** Logits in memory at a time: 32 MB. */
const LOGITS = 8 * 2 ** 20;
/** Bytes of streams, keys and values. */
const STREAMS = 2 ** 29;

/** The embedding, then a layer at a time as it was run. Throws Fault for a bad prompt, edit, position, target or `top`. */
export async function* logitLens(model: Model, request: LogitLensRequest): AsyncGenerator<LensLayer> {
  const { ids, edits = [], targets = [], top, signal } = request;
  const positions = request.positions ?? ids.map((_, position) => position);
  checkLens(model, { ...request, positions, targets });
  const runs = new LayerRuns(model, new ByteBudget(STREAMS), { ids, edits });
  const unembedding = new Unembedding(model, ids, edits);
  const { layers, outputVocabulary } = model.family.shape;
  const portions = portionsOf(positions, Math.max(1, Math.floor(LOGITS / outputVocabulary)));
  for (let layer = -1; layer < layers; layer++) {
    const stream = await streamAfter(runs, layer, signal);
    const readings = emptyReadings(positions.length, top, targets.length);
    let at = 0;
    for (const portion of portions) {
      const { data } = await model.exclusive(() => {
        signal?.throwIfAborted();
        return unembedding.logits(stream, portion);
      });
      for (let i = 0; i < portion.length; i++, at++) {
        readLogits(data.subarray(i * outputVocabulary, (i + 1) * outputVocabulary), targets, readings, at);
      }
    }
    yield { layer, positions, ...readings };
  }
}

class Unembedding {
  readonly #model: Model;
  readonly #batch: Batch;
  readonly #edits: readonly Edit[];

  constructor(model: Model, ids: readonly number[], edits: readonly Edit[]) {
    this.#model = model;
    this.#batch = makeBatch([ids], model.family, 'right');
    this.#edits = edits;
  }

  /** stream [B 1, P, D] -> [B 1, positions, V] */
  async logits(stream: Tensor, positions: readonly number[]): Promise<Tensor> {
    const { family, programs } = this.#model;
    const slots = { queries: positions, stream: positions, keys: this.#batch.slots };
    const pass = new Pass(family, programs, this.#batch, slots);
    const chosen = joinAxis(
      positions.map((position) => sliceAxis(stream, 'P', position, position + 1)),
      'P',
    );
    const edits = [...editsAt(this.#edits, null)].filter(([site]) => site !== 'embed');
    return (await pass.unembed(chosen, pass.affine(new Map(edits), null), new Set())).stream;
  }
}

/** residPost of a layer, or the embedding, [B 1, P, D]. */
async function streamAfter(runs: LayerRuns, layer: number, signal: AbortSignal | undefined): Promise<Tensor> {
  const parts: Tensor[] = [];
  for (const chunk of runs.chunks) parts.push(await runs.streamAt(layer + 1, chunk, { signal }));
  return joinAxis(parts, 'P');
}

function portionsOf(positions: readonly number[], size: number): (readonly number[])[] {
  return Array.from({ length: Math.ceil(positions.length / size) }, (_, i) =>
    positions.slice(i * size, (i + 1) * size),
  );
}

function checkLens(
  { family: { shape } }: Model,
  { ids, positions, targets, top }: Required<Pick<LogitLensRequest, 'ids' | 'positions' | 'targets' | 'top'>>,
): void {
  requireEach('position', positions, ids.length);
  requireEach('target', targets, shape.outputVocabulary);
  if (Number.isInteger(top) && top >= 1 && top <= shape.outputVocabulary) return;
  throw new Fault({ what: 'ids at each position', expected: `1 to ${shape.outputVocabulary}`, got: String(top) });
}

function requireEach(what: string, values: readonly number[], bound: number): void {
  const bad = values.find((value) => !Number.isInteger(value) || value < 0 || value >= bound);
  if (bad === undefined) return;
  throw new Fault({ what: `${what} out of range`, expected: `0 to ${bound - 1}`, got: String(bad) });
}
