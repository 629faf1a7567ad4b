/** Agreement of every pair as a square, whichever way round its row came. */
import type { CircuitAgreement } from '../../../engine/results/circuitBench.ts';
import type { AgreementMeasure } from './circuitsSettings.ts';

/** [ids * ids]; 1 on the diagonal, NaN where unknown. */
export function agreementGrid(
  rows: readonly CircuitAgreement[],
  ids: readonly string[],
  measure: AgreementMeasure,
): Float32Array {
  const values = new Float32Array(ids.length ** 2).fill(NaN);
  ids.forEach((_, i) => values.fill(1, i * (ids.length + 1), i * (ids.length + 1) + 1));
  for (const row of rows) {
    const [a, b] = [ids.indexOf(row.a), ids.indexOf(row.b)];
    if (a < 0 || b < 0) continue;
    const value = row[measure] ?? NaN;
    values[a * ids.length + b] = value;
    values[b * ids.length + a] = value;
  }
  return values;
}
