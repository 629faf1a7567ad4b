/** Behaviour scores as a table for a spreadsheet: one row per head and score (RFC 4180, line feeds). Imports results only. */
import type { ScoredHead, ScoresHeader } from '../results/scores.ts';
import { effectCells } from './csv.ts';
import { inLayerOrder } from './exportFormat.ts';

const columns = ['layer', 'head', 'score', 'mean', 'se', 'ci95_low', 'ci95_high', 'n', 'uniform'];

export interface ScoresRecord {
  readonly header: ScoresHeader;
  /** In any order. */
  readonly heads: readonly ScoredHead[];
}

/** `uniform`: the score of a head that attends to all visible keys alike; empty for scores of what a head writes. */
export function scoresCsv({ header, heads }: ScoresRecord): string {
  const rows = inLayerOrder(heads).flatMap((head) => rowsOf(header, head));
  return [columns, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

// No cell can hold a comma or a quote: ids and numbers only.
function rowsOf({ scores }: ScoresHeader, { layer, head, values }: ScoredHead): (string | number)[][] {
  return scores.flatMap(({ id, uniform }) => {
    const value = values[id];
    return value === undefined ? [] : [[layer, head, id, ...effectCells(value), value.n, uniform ?? '']];
  });
}
