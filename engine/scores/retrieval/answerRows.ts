/** A run with its answer put behind it, in one forward pass: what the rows that produce the answer read and write. */
import type { AttendedRows } from '../../run/cachedRun.ts';
import { CachedRun } from '../../run/cachedRun.ts';
import type { Model } from '../../run/index.ts';
import { logSumExp } from '../../tasks/metrics.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { spreadOf } from '../weights/norms.ts';
import { AnswerRow } from './answerRow.ts';
import type { CopyCounts } from './copyTally.ts';
import { CopyTally } from './copyTally.ts';
import type { RowReader, RowScore, TargetRun } from './retrievalScore.ts';
import type { WriteDirections } from './writeDirections.ts';

export interface AnswerRowsRequest {
  readonly run: TargetRun;
  /** What is put behind the prompt. */
  readonly continuation: readonly number[];
  /** Steps of the continuation that are the answer, rising. */
  readonly steps: readonly number[];
  readonly scores: readonly RowScore[];
  readonly directions: WriteDirections;
  readonly signal?: AbortSignal;
}

export interface AnswerReading extends CopyCounts {
  /** By score id, [L N]. */
  readonly scores: Readonly<Record<string, Float64Array>>;
  /** Natural log of the probability of each token of the continuation. */
  readonly logProbabilities: readonly number[];
  /** Is it the model's first choice? */
  readonly correct: readonly boolean[];
}

/** Throws Fault where prompt and continuation are longer than the context. */
export function readAnswer(model: Model, request: AnswerRowsRequest): Promise<AnswerReading> {
  return model.exclusive(() => new Reading(model, request).run());
}

class Reading {
  readonly #model: Model;
  readonly #request: AnswerRowsRequest;
  readonly #readers: readonly (readonly [id: string, reader: RowReader])[];
  readonly #tally: CopyTally;

  constructor(model: Model, request: AnswerRowsRequest) {
    this.#model = model;
    this.#request = request;
    const { layers, heads } = model.family.shape;
    const { run, steps, scores } = request;
    const scene = { layers, heads, steps: steps.length, needle: run.sentence ?? run.span };
    this.#readers = scores.map((score) => [score.id, score.start(scene)] as const);
    this.#tally = new CopyTally({ layers, heads });
  }

  async run(): Promise<AnswerReading> {
    const { run, continuation, signal } = this.#request;
    const options = signal === undefined ? {} : { signal };
    const cached = new CachedRun(this.#model);
    // The row of the last prompt token produces the first token of the continuation.
    const rows = [...run.ids.slice(-1), ...continuation.slice(0, -1)];
    if (run.ids.length > 1) await cached.extend(run.ids.slice(0, -1), options);
    const stream = await cached.extend(rows, { ...options, read: (attended) => this.#read(attended) });
    const logits = (await cached.logits(stream)).data;
    const divisors = this.#divisors(stream);
    return {
      ...this.#tally.counts(run, continuation),
      scores: Object.fromEntries(this.#readers.map(([id, reader]) => [id, reader.values(divisors)])),
      ...likelihood(logits, continuation),
    };
  }

  async #read(rows: AttendedRows): Promise<void> {
    const { run, continuation, steps, scores, directions } = this.#request;
    const first = run.ids.length - 1;
    this.#tally.add(rows, rows.from - first);
    const forms = scores.flatMap(({ writes }) => writes ?? []);
    const last = rows.from + rowsIn(rows) - 1 - first;
    for (const [i, step] of steps.entries()) {
      if (step < rows.from - first || step > last) continue;
      const token = continuation[step] ?? -1;
      const row = new AnswerRow(rows, {
        shape: this.#model.family.shape,
        query: first + step,
        step: i,
        needle: run.sentence ?? run.span,
        directions: await directions.of(rows.layer, token, forms),
      });
      for (const [, reader] of this.#readers) reader.read(row);
    }
  }

  /** What the final norm divides the stream [B 1, P, D] by at each step. */
  #divisors({ data }: Tensor): readonly number[] {
    const { description, shape } = this.#model.family;
    const { norm } = description.unembedding;
    const rowOf = (step: number) => data.subarray(step * shape.width, (step + 1) * shape.width);
    return this.#request.steps.map((step) => (norm === null ? 1 : spreadOf(rowOf(step), norm)));
  }
}

function rowsIn({ pattern }: AttendedRows): number {
  return pattern.axes.find(({ axis }) => axis === 'P')?.size ?? 0;
}

function likelihood(logits: Float32Array, tokens: readonly number[]) {
  const width = logits.length / tokens.length;
  const rows = tokens.map((_, i) => logits.subarray(i * width, (i + 1) * width));
  return {
    logProbabilities: tokens.map((token, i) => at(rows[i], token) - logSumExp(rows[i] ?? new Float32Array(1))),
    correct: tokens.map((token, i) => rows[i]?.every((logit) => logit <= at(rows[i], token)) ?? false),
  };
}

function at(row: Float32Array | undefined, token: number): number {
  return row?.[token] ?? NaN;
}
