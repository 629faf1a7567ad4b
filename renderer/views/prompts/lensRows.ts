/** The lens as a table: one row a cell. */
import { csvOf } from '../../parts/csv.ts';
import type { LensTable } from './lensValues.ts';
import { readingsAt } from './lensValues.ts';

export interface LensRow {
  readonly layer: number;
  readonly position: number;
  readonly token: string;
  readonly predicted: string;
  readonly probability: number;
  readonly entropy: number;
  /** Null without a target. */
  readonly targetProbability: number | null;
  readonly targetRank: number | null;
}

export function lensRows(
  table: LensTable,
  layers: readonly number[],
  positions: readonly number[],
  tokens: readonly { readonly text: string }[],
): readonly LensRow[] {
  const events = layers.flatMap((layer) => table.layers.find((event) => event.layer === layer) ?? []);
  return events.flatMap((event) =>
    positions.slice(0, event.positions).flatMap((position, column) => {
      const [best] = readingsAt(event, column);
      if (best === undefined) return [];
      return {
        layer: event.layer,
        position,
        token: tokens[position]?.text ?? '',
        predicted: best.text,
        probability: best.probability,
        entropy: event.entropy[column] ?? NaN,
        targetProbability: event.targetProbabilities[column] ?? null,
        targetRank: event.targetRanks[column] ?? null,
      };
    }),
  );
}

export function lensCsv(rows: readonly LensRow[]): string {
  return csvOf(
    ['layer', 'position', 'token', 'predicted', 'probability', 'entropy_nats', 'target_probability', 'target_rank'],
    rows.map((row) => [
      row.layer,
      row.position,
      row.token,
      row.predicted,
      row.probability,
      row.entropy,
      row.targetProbability,
      row.targetRank,
    ]),
  );
}
