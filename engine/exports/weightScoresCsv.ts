/** Scores of weights as a table for a spreadsheet: one row per head and score (RFC 4180, line feeds). Imports results only. */
import type { WeighedHead, WeightsHeader } from '../results/weightScores.ts';
import { effectCells } from './csv.ts';
import { inLayerOrder } from './exportFormat.ts';

const columns = ['layer', 'head', 'score', 'value', 'se', 'ci95_low', 'ci95_high', 'n'];

export interface WeightScoresRecord {
  readonly header: WeightsHeader;
  /** In any order. */
  readonly heads: readonly WeighedHead[];
}

/** What is exact has no standard error and no interval, and n is 1. */
export function weightScoresCsv({ header, heads }: WeightScoresRecord): string {
  const rows = inLayerOrder(heads).flatMap(({ layer, head, values }) =>
    header.scores.flatMap(({ id }) => {
      const value = values[id];
      return value === undefined ? [] : [[layer, head, id, ...effectCells(value), value.n]];
    }),
  );
  // No cell can hold a comma or a quote: ids and numbers only.
  return [columns, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}
