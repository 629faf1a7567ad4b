/** Next tokens as rows: what is an answer, and how much of the probability lies in the rows so far. */
import type { NextToken } from '../../../engine/results/prediction.ts';
import { csvOf } from '../../parts/csv.ts';

export interface NextRow {
  readonly rank: number;
  readonly id: number;
  readonly text: string;
  readonly logit: number;
  readonly probability: number;
  /** Of this row and those above. */
  readonly cumulative: number;
  readonly kind: 'answer' | 'wrong' | null;
}

interface Expected {
  readonly answers: readonly string[];
  readonly wrong: readonly string[];
}

export function nextRows(tokens: readonly NextToken[], { answers, wrong }: Expected): readonly NextRow[] {
  let cumulative = 0;
  return tokens.map(({ id, text, logit, probability }, i) => {
    cumulative += probability;
    const shown = text ?? `#${id}`;
    const kind = answers.includes(shown) ? 'answer' : wrong.includes(shown) ? 'wrong' : null;
    return { rank: i + 1, id, text: shown, logit, probability, cumulative, kind };
  });
}

export function nextCsv(rows: readonly NextRow[]): string {
  const head = ['rank', 'id', 'token', 'probability', 'cumulative', 'logit', 'kind'];
  return csvOf(
    head,
    rows.map(({ rank, id, text, probability, cumulative, logit, kind }) => [
      rank,
      id,
      text,
      probability,
      cumulative,
      logit,
      kind,
    ]),
  );
}
