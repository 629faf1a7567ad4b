/** What removing heads does to the next-token predictions on text: loss and divergence, row by row. */
import type { Model } from '../../run/index.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { Fault } from '../../terms/fault.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import { logPartitions, meanDivergence, meanLoss } from './rowLosses.ts';
import { zeroEdits } from './zeroEdits.ts';

/** One number a row: mean loss of its tokens in nats, KL(full || pruned) of the next token in nats. */
export interface TextChange {
  readonly loss: readonly number[];
  readonly kl: readonly number[];
}

interface Predicted {
  readonly logits: Float32Array;
  readonly partitions: Float64Array;
}

/** Logits of the full model are kept up to this many bytes; of further rows they are computed again. */
const KEPT_BYTES = 2 ** 28;
/** Logits that one forward pass gives at most, as long as it is more than one row. */
const VALUES_PER_PASS = 2 ** 23;

/**
 * Rows of ids through one model, with and without heads. The full model's predictions are kept, so that a set of heads costs
 * one forward pass. Throws Fault for no row, or one of fewer than two tokens.
 */
export class TextScene {
  readonly #model: Model;
  readonly #rows: readonly (readonly number[])[];
  readonly #batches: readonly (readonly (readonly number[])[])[];
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
    this.#rows = rows;
    this.#batches = batchesOf(rows, model.family.shape.outputVocabulary);
  }

  /** Loss of the full model, row by row. */
  async full(signal?: AbortSignal): Promise<readonly number[]> {
    const losses: number[] = [];
    for (const [at, batch] of this.#batches.entries()) losses.push(...lossesOf(await this.#full(at, signal), batch));
    return losses;
  }

  async without(removed: HeadsByLayer, signal?: AbortSignal): Promise<TextChange> {
    const [loss, kl]: [number[], number[]] = [[], []];
    for (const [at, batch] of this.#batches.entries()) {
      const full = await this.#full(at, signal);
      const pruned = await this.#predict(batch, removed, signal);
      loss.push(...lossesOf(pruned, batch));
      kl.push(...pruned.map((row, i) => meanDivergence(rowAt(full, i), row, row.partitions.length - 1)));
    }
    return { loss, kl };
  }

  /** Mean loss over rows without these heads, and nothing else: half the work of `without` where rows are not kept. */
  async lossWithout(removed: HeadsByLayer, signal?: AbortSignal): Promise<number> {
    let sum = 0;
    for (const batch of this.#batches) {
      const losses = lossesOf(await this.#predict(batch, removed, signal), batch);
      sum += losses.reduce((total, loss) => total + loss, 0);
    }
    return sum / this.#rows.length;
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

/** Neighbours of one length, as many as one pass may give logits for. */
function batchesOf(rows: readonly (readonly number[])[], vocabulary: number): (readonly number[])[][] {
  const batches: (readonly number[])[][] = [];
  for (const ids of rows) {
    const last = batches.at(-1);
    const fits = last !== undefined && (last.length + 1) * ids.length * vocabulary <= VALUES_PER_PASS;
    if (fits && last[0]?.length === ids.length) last.push(ids);
    else batches.push([ids]);
  }
  return batches;
}

function lossesOf(predicted: readonly Predicted[], batch: readonly (readonly number[])[]): number[] {
  return predicted.map(({ logits, partitions }, i) => meanLoss(logits, partitions, batch[i] ?? []));
}

function rowAt(predicted: readonly Predicted[], row: number): Predicted {
  const found = predicted[row];
  if (found === undefined) throw new RangeError(`no row ${row}`);
  return found;
}
