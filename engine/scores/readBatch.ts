/** The rows of one batch, and what each score reads of them. */
import type { PatternEvent } from '../run/patterns.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { Copy, HeadScore, ScorePrompt } from './headScore.ts';
import type { PromptReader } from './promptReader.ts';
import { promptReader } from './promptReader.ts';
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
  /** By score and row. */
  readonly #readers: readonly (readonly PromptReader[])[];
  readonly #copies: readonly (readonly Copy[])[];

  /** `predicts`: whether the model's own predictions are asked for. */
  constructor(rows: readonly ScorePrompt[], scores: readonly HeadScore[], predicts: boolean) {
    this.#rows = rows;
    this.#readers = scores.map((score) => rows.map((prompt) => promptReader(score, prompt)));
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
    { layer, from, pattern, norms }: Extract<PatternEvent, { kind: 'pattern' }>,
    add: (place: Place, part: number) => void,
  ): void {
    const heads = axisSize(pattern, 'N');
    this.#readers.forEach((readers, score) => {
      readers.forEach(({ queries, sum }, row) => {
        const length = this.#rows[row]?.ids.length ?? 0;
        for (let head = 0; queries > 0 && head < heads; head++) {
          add({ score, layer, head, row }, sum({ pattern, norms, from, row, head, length }) / queries);
        }
      });
    });
  }
}
