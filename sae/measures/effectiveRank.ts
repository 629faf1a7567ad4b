/**
 * How many directions of equal weight would be as even (Roy and Vetterli 2007). Attention outputs have few, which leaves
 * features that start outside of them dead (arXiv 2508.16929).
 */
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { unitRows } from '../directions.ts';
import { principalVariances } from '../principalVariances.ts';
import type { Rows } from '../rows.ts';
import { lessCentre, meanRow } from '../rows.ts';
import type { MeasureFacts } from './measure.ts';

export const effectiveRankFacts: MeasureFacts = {
  id: 'effectiveRank',
  title: 'Effective rank',
  formula:
    'exp(-sum p log p), p the eigenvalues of the covariance of rows (of the Gram matrix of unit directions) over their sum',
  pitfall: 'n rows show no more than n directions. Directions of little variance may matter to the model.',
};

/** Between 1 and as many as there are eigenvalues; 0 where all of them are 0. */
export function effectiveRank(eigenvalues: ArrayLike<number>): number {
  const values = Array.from(eigenvalues);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  return Math.exp(
    values.reduce((sum, value) => (value > 0 ? sum - (value / total) * Math.log(value / total) : sum), 0),
  );
}

/** Of rows less their mean; null for rows wider than 2,048. */
export async function rankOfRows(rows: Rows, signal?: AbortSignal): Promise<number | null> {
  const variances = await principalVariances(lessCentre(rows, meanRow(rows)), signal);
  return variances === null ? null : effectiveRank(variances);
}

/** Of the directions that features write, each of length 1; null where they are wider than 2,048. */
export async function rankOfDecoder(dictionary: Dictionary, signal?: AbortSignal): Promise<number | null> {
  const { width } = dictionary;
  const data = Float32Array.from(unitRows(weightOf(dictionary, 'W_dec'), width));
  const variances = await principalVariances({ width, data }, signal);
  return variances === null ? null : effectiveRank(variances);
}
