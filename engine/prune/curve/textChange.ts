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

/**
 * Rows of ids through one model, with and without heads. The full model's predictions are kept, so that a set of heads costs
 * one forward pass. Throws Fault for no row, or one of fewer than two tokens.
 */
export class TextScene {
  readonly #model: Model;
  readonly #rows: readonly (readonly number[])[];
  readonly #kept = new Map<number, Predicted>();
  #bytes = 0;

  constructor(model: Model, rows: readonly (readonly number[])[]) {
    const short = rows.findIndex((ids) => ids.length < 2);
    if (rows.length === 0) throw new Fault({ what: 'no text', expected: 'at least one row of tokens' });
    if (short >= 0)
      throw new Fault({ what: 'a row predicts nothing', where: `row ${short}`, expected: 'two tokens or more' });
    this.#model = model;
    this.#rows = rows;
  }

  /** Loss of the full model, row by row. */
  async full(signal?: AbortSignal): Promise<readonly number[]> {
    const losses: number[] = [];
    for (const [row, ids] of this.#rows.entries()) {
      const { logits, partitions } = await this.#fullRow(row, signal);
      losses.push(meanLoss(logits, partitions, ids));
    }
    return losses;
  }

  async without(removed: HeadsByLayer, signal?: AbortSignal): Promise<TextChange> {
    const [loss, kl]: [number[], number[]] = [[], []];
    for (const [row, ids] of this.#rows.entries()) {
      const full = await this.#fullRow(row, signal);
      const pruned = await this.#predict(ids, removed, signal);
      loss.push(meanLoss(pruned.logits, pruned.partitions, ids));
      kl.push(meanDivergence(full, pruned, ids.length - 1));
    }
    return { loss, kl };
  }

  /** Mean loss over rows without these heads, and nothing else: half the work of `without` where rows are not kept. */
  async lossWithout(removed: HeadsByLayer, signal?: AbortSignal): Promise<number> {
    let sum = 0;
    for (const ids of this.#rows) {
      const { logits, partitions } = await this.#predict(ids, removed, signal);
      sum += meanLoss(logits, partitions, ids);
    }
    return sum / this.#rows.length;
  }

  async #fullRow(row: number, signal?: AbortSignal): Promise<Predicted> {
    const kept = this.#kept.get(row);
    if (kept !== undefined) return kept;
    const predicted = await this.#predict(this.#rows[row] ?? [], new Map(), signal);
    if (this.#bytes + predicted.logits.byteLength <= KEPT_BYTES) {
      this.#kept.set(row, predicted);
      this.#bytes += predicted.logits.byteLength;
    }
    return predicted;
  }

  async #predict(ids: readonly number[], removed: HeadsByLayer, signal?: AbortSignal): Promise<Predicted> {
    const edits = zeroEdits(removed);
    const { logits } = await this.#model.forward({ ids: [ids], edits, ...(signal === undefined ? {} : { signal }) });
    if (logits === null) throw new RangeError('a forward pass without logits');
    return { logits: logits.data, partitions: logPartitions(logits.data, axisSize(logits, 'V')) };
  }
}
