/** One row of one layer's attention, that of the position which produces a token of the answer. */
import type { ModelShape } from '../../arch/architecture.ts';
import type { AttendedRows } from '../../run/cachedRun.ts';
import type { Span } from '../../tasks/needles/index.ts';
import { axisSize } from '../../tensor/tensor.ts';
import type { WriteForm } from './retrievalScore.ts';

/** A quantity summed over the needle's positions, and over all keys that the row sees. */
export interface OnAndAll {
  readonly on: number;
  readonly all: number;
}

export interface AnswerRowOptions {
  readonly shape: ModelShape;
  /** Position of the row. */
  readonly query: number;
  /** Which of the answer's tokens it produces, from 0. */
  readonly step: number;
  readonly needle: Span;
  /** W_O u [N H] of this layer, u the token's row of the unembedding, in the forms that scores ask for. */
  readonly directions: Readonly<Partial<Record<WriteForm, Float32Array>>>;
}

export class AnswerRow {
  readonly layer: number;
  readonly step: number;
  readonly needle: Span;
  /** Keys that a causal row can see. */
  readonly visible: number;
  readonly #rows: AttendedRows;
  readonly #options: AnswerRowOptions;
  /** By head: several scores ask for the same. */
  readonly #contributions = new Map<string, OnAndAll>();

  constructor(rows: AttendedRows, options: AnswerRowOptions) {
    this.#rows = rows;
    this.#options = options;
    this.layer = rows.layer;
    this.step = options.step;
    this.needle = options.needle;
    this.visible = options.query + 1;
  }

  /** A[t, .] of a head over the visible keys; a view. */
  weights(head: number): Float32Array {
    const { pattern, from } = this.#rows;
    const [rows, keys] = [axisSize(pattern, 'P'), axisSize(pattern, 'K')];
    const at = (head * rows + this.#options.query - from) * keys;
    return pattern.data.subarray(at, at + this.visible);
  }

  /** Attention on the needle and on all keys. */
  attention(head: number): OnAndAll {
    return onAndAll(this.weights(head), this.needle);
  }

  /** phi[j] = A[t, j] (v_j . W_O u): what each key's value adds to the token's logit, but for the divisor of the final norm. */
  contribution(head: number, form: WriteForm): OnAndAll {
    const key = `${form} ${head}`;
    const found = this.#contributions.get(key) ?? this.#contribute(head, form);
    this.#contributions.set(key, found);
    return found;
  }

  #contribute(head: number, form: WriteForm): OnAndAll {
    const phi = this.weights(head).slice();
    const { directions, shape } = this.#options;
    const direction = directions[form];
    if (direction === undefined) throw new RangeError(`a row was read without its ${form} direction`);
    const toward = direction.subarray(head * shape.headWidth, (head + 1) * shape.headWidth);
    const group = Math.floor(head / (shape.heads / shape.kvHeads));
    const { data } = this.#rows.values;
    const keys = axisSize(this.#rows.values, 'T');
    phi.forEach((weight, j) => (phi[j] = weight * dot(toward, data, (group * keys + j) * shape.headWidth)));
    return onAndAll(phi, this.needle);
  }
}

function dot(x: Float32Array, values: Float32Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (values[at + i] as number);
  return sum;
}

function onAndAll(values: Float32Array, [from, to]: Span): OnAndAll {
  let [on, all] = [0, 0];
  for (let j = 0; j < values.length; j++) {
    const value = values[j] as number;
    all += value;
    if (j >= from && j < to) on += value;
  }
  return { on, all };
}
