/** Prompts beside themselves with their tokens in another order. */
import type { QuerySpan, ReadoutEvent } from '../run/readouts.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { HeadScore, ScorePrompt } from './headScore.ts';
import { overlapReadout } from './overlapReadout.ts';
import { reordered } from './reordered.ts';
import type { Add, ScoreBatch } from './scoreBatch.ts';
import { tensorOf } from './tensorOf.ts';

export class OverlapBatch implements ScoreBatch {
  readonly ids: readonly (readonly number[])[];
  readonly readout = overlapReadout;
  readonly logitsAt = [];
  readonly #score: number;
  readonly #queries: readonly (readonly number[])[];

  /** `score`: its place in the list of scores. `seed`: of the order. */
  constructor(rows: readonly ScorePrompt[], { select }: HeadScore, score: number, seed: number) {
    this.ids = [...rows.map(({ ids }) => ids), ...rows.map((prompt) => reordered(prompt, seed))];
    this.#score = score;
    this.#queries = rows.map((prompt) => select(prompt).map(({ query }) => query));
  }

  feeds(): Record<string, never> {
    return {};
  }

  copiesOf(): readonly never[] {
    return [];
  }

  read({ layer, chunk, values }: Extract<ReadoutEvent, { kind: 'read' }>, add: Add): void {
    const overlap = tensorOf(values, 'overlap');
    const heads = axisSize(overlap, 'N');
    const size = chunk.to - chunk.from;
    this.#queries.forEach((queries, row) => {
      const own = queries.filter((query) => isIn(chunk, query));
      for (let head = 0; own.length > 0 && head < heads; head++) {
        const at = (row * heads + head) * size - chunk.from;
        const sum = own.reduce((total, query) => total + (overlap.data[at + query] as number), 0);
        add({ score: this.#score, layer, head, row }, sum / queries.length);
      }
    });
  }

  finish(): void {
    // Every chunk stands for itself.
  }
}

function isIn({ from, to }: QuerySpan, query: number): boolean {
  return query >= from && query < to;
}
