/** What removing heads does to the next-token predictions on text: loss and divergence, token by token. */
import type { Model } from '../../run/index.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { Fault } from '../../terms/fault.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import type { Predicted } from './rowLosses.ts';
import { logPartitions, tokenDivergences, tokenLosses } from './rowLosses.ts';
import { zeroEdits } from './zeroEdits.ts';

/** By row, each predicted token's loss and KL(full || pruned), in nats. */
export interface TextChange {
  readonly loss: readonly Float64Array[];
  readonly kl: readonly Float64Array[];
}

/** Logits of the full model are kept up to this many bytes; of further rows they are computed again. */
const KEPT_BYTES = 2 ** 28;
/** The first quarter of the rows, for a first look at a result; what is left; both. */
export type TextPart = 'first' | 'rest' | 'all';

/** Logits that one forward pass gives at most, as long as it is more than one row. */
const VALUES_PER_PASS = 2 ** 23;

/**
 * Rows of ids through one model, with and without heads. The full model's predictions are kept, so that a set of heads costs
 * one forward pass. Throws Fault for no row, or one of fewer than two tokens.
 */
export class TextScene {
  readonly #model: Model;
  readonly #batches: readonly (readonly (readonly number[])[])[];
  /** How many of the batches are the first quarter. */
  readonly #first: number;
  /** By batch. */
  readonly #kept = new Map<number, readonly Predicted[]>();
  #bytes = 0;

  constructor(model: Model, rows: readonly (readonly number[])[]) {
    const short = rows.findIndex((ids) => ids.length < 2);
    if (rows.length === 0) throw new Fault({ what: 'no text', expected: 'at least one row of tokens' });
    if (short >= 0) {
      throw new Fault({ what: 'a row predicts nothing', where: `row ${short}`, expected: 'two tokens or more' });
    }
    this.#model = model;
    // No pass is longer than a quarter: who moves a slider does not wait for more than that of the place before.
    const quarter = firstRows(rows.length);
    const { outputVocabulary } = model.family.shape;
    const first = batchesOf(rows.slice(0, quarter), outputVocabulary, quarter);
    this.#batches = [...first, ...batchesOf(rows.slice(quarter), outputVocabulary, quarter)];
    this.#first = first.length;
  }

  /** Losses of the full model, row by row. */
  async full(signal?: AbortSignal, part: TextPart = 'all'): Promise<readonly Float64Array[]> {
    const losses: Float64Array[] = [];
    for (const [at, batch] of this.#part(part)) losses.push(...lossesOf(await this.#full(at, signal), batch));
    return losses;
  }

  async without(removed: HeadsByLayer, signal?: AbortSignal, part: TextPart = 'all'): Promise<TextChange> {
    const [loss, kl]: [Float64Array[], Float64Array[]] = [[], []];
    for (const [at, batch] of this.#part(part)) {
      const full = await this.#full(at, signal);
      const pruned = await this.#predict(batch, removed, signal);
      loss.push(...lossesOf(pruned, batch));
      kl.push(...pruned.map((row, i) => tokenDivergences(rowAt(full, i), row)));
    }
    return { loss, kl };
  }

  /** Mean loss over tokens without these heads, and nothing else: half the work of `without` where rows are not kept. */
  async lossWithout(removed: HeadsByLayer, signal?: AbortSignal): Promise<number> {
    const losses: Float64Array[] = [];
    for (const batch of this.#batches) losses.push(...lossesOf(await this.#predict(batch, removed, signal), batch));
    return meanOverTokens(losses);
  }

  /** Batches with their places. */
  #part(part: TextPart): (readonly [number, readonly (readonly number[])[]])[] {
    const all = [...this.#batches.entries()];
    return part === 'all' ? all : part === 'first' ? all.slice(0, this.#first) : all.slice(this.#first);
  }

  async #full(at: number, signal?: AbortSignal): Promise<readonly Predicted[]> {
    const kept = this.#kept.get(at);
    if (kept !== undefined) return kept;
    const predicted = await this.#predict(this.#batches[at] ?? [], new Map(), signal);
    const bytes = predicted.reduce((total, { logits }) => total + logits.byteLength, 0);
    if (this.#bytes + bytes <= KEPT_BYTES) {
      this.#kept.set(at, predicted);
      this.#bytes += bytes;
    }
    return predicted;
  }

  async #predict(
    ids: readonly (readonly number[])[],
    removed: HeadsByLayer,
    signal?: AbortSignal,
  ): Promise<readonly Predicted[]> {
    const edits = zeroEdits(removed);
    const { logits } = await this.#model.forward({ ids, edits, ...(signal === undefined ? {} : { signal }) });
    if (logits === null) throw new RangeError('a forward pass without logits');
    const [width, size] = [axisSize(logits, 'V'), logits.data.length / ids.length];
    return ids.map((_, row) => {
      const own = logits.data.subarray(row * size, (row + 1) * size);
      return { logits: own, partitions: logPartitions(own, width) };
    });
  }
}

/** How many rows are the first quarter. */
export function firstRows(rows: number): number {
  return Math.ceil(rows / 4);
}

/** Neighbours of one length, at most `most` of them, as many as one pass may give logits for. */
function batchesOf(rows: readonly (readonly number[])[], vocabulary: number, most: number): (readonly number[])[][] {
  const batches: (readonly number[])[][] = [];
  for (const ids of rows) {
    const last = batches.at(-1);
    const fits =
      last !== undefined && last.length < most && (last.length + 1) * ids.length * vocabulary <= VALUES_PER_PASS;
    if (fits && last[0]?.length === ids.length) last.push(ids);
    else batches.push([ids]);
  }
  return batches;
}

function lossesOf(predicted: readonly Predicted[], batch: readonly (readonly number[])[]): Float64Array[] {
  return predicted.map((row, i) => tokenLosses(row, batch[i] ?? []));
}

/** Every predicted token counts alike. */
export function meanOverTokens(rows: readonly Float64Array[]): number {
  const sum = rows.reduce((total, row) => total + row.reduce((of, value) => of + value, 0), 0);
  return sum / rows.reduce((total, row) => total + row.length, 0);
}

function rowAt(predicted: readonly Predicted[], row: number): Predicted {
  const found = predicted[row];
  if (found === undefined) throw new RangeError(`no row ${row}`);
  return found;
}
