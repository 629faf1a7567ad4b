import type { AnswerRow } from './answerRow.ts';
import type { RowReader, RowScene } from './retrievalScore.ts';

/** Mean over the answer steps of what each head has in a row. */
export function rowMeans({ heads, layers, steps }: RowScene, of: (row: AnswerRow, head: number) => number): RowReader {
  const sums = new Float64Array(layers * heads);
  return {
    read(row) {
      for (let head = 0; head < heads; head++) {
        const at = row.layer * heads + head;
        sums[at] = (sums[at] ?? 0) + of(row, head);
      }
    },
    values: () => sums.map((sum) => sum / steps),
  };
}

/** on - (|I| / |off|) off: what the needle has against as many other keys; on alone where there are no others. */
export function contrast({ needle: [from, to], visible }: AnswerRow, on: number, all: number): number {
  const others = visible - (to - from);
  return others === 0 ? on : on - ((to - from) / others) * (all - on);
}
