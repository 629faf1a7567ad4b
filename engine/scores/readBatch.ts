/** The rows of one batch, and which keys each score looks for in them. */
import type { PatternEvent } from '../run/patterns.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { Copy, HeadScore, Reading, ScorePrompt } from './headScore.ts';
import { readPattern } from './readPattern.ts';
import { copyReadings } from './repeats.ts';

/** Which value: `score` is the place in the list of scores, `row` the one in the batch. */
export interface Place {
  readonly score: number;
  readonly layer: number;
  readonly head: number;
  readonly row: number;
}

export class ReadBatch {
  readonly #rows: readonly ScorePrompt[];
  readonly #scores: readonly HeadScore[];
  /** By score and row. */
  readonly #readings: readonly (readonly (readonly Reading[])[])[];
  readonly #copies: readonly (readonly Copy[])[];

  /** `predicts`: whether the model's own predictions are asked for. */
  constructor(rows: readonly ScorePrompt[], scores: readonly HeadScore[], predicts: boolean) {
    this.#rows = rows;
    this.#scores = scores;
    this.#readings = scores.map((score) => rows.map((prompt) => score.select(prompt)));
    this.#copies = rows.map((prompt) => (predicts ? copyReadings(prompt) : []));
  }

  /** By row, the positions whose next token is to be copied. */
  get logitsAt(): readonly (readonly number[])[] {
    return this.#copies.map((copies) => copies.map(({ query }) => query));
  }

  /** In the order of `logitsAt`. */
  copiesOf(row: number): readonly Copy[] {
    return this.#copies[row] ?? [];
  }

  /** Gives, for each score, row and head, the chunk's part of the mean over the row's queries. */
  read(
    { layer, from, pattern }: Extract<PatternEvent, { kind: 'pattern' }>,
    add: (place: Place, part: number) => void,
  ): void {
    const heads = axisSize(pattern, 'N');
    this.#scores.forEach(({ reading }, score) => {
      this.#rows.forEach(({ ids: { length } }, row) => {
        const readings = this.#readings[score]?.[row] ?? [];
        for (let head = 0; readings.length > 0 && head < heads; head++) {
          const sum = readPattern({ pattern, from, row, head, length }, readings, reading);
          add({ score, layer, head, row }, sum / readings.length);
        }
      });
    });
  }
}
