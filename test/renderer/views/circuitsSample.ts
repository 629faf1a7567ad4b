/** A circuit run on two layers of two heads: two methods, a control, a reference of one head. */
import type { CircuitHeader, CircuitJudged, CircuitRow } from '../../../engine/results/circuitBench.ts';
import type { RunRow } from '../../../engine/results/runs.ts';

export const nodes = ['L0H0', 'L0H1', 'L1H0', 'L1H1'];
export const shape = { layers: 2, heads: 2, kvHeads: 2 };

const header = {
  ...{ nodes, nodeSet: 'heads', outside: 'counterfactual', budgets: [0.25, 0.5, 1], shape },
  ...{ metricId: 'logitDifference', calibration: { dataset: 'ioi', sequences: 8 } },
  ends: { whole: 4, empty: 0 },
  references: [{ id: 'planted', title: 'the planted circuit', nodes: ['L1H1'], note: null }],
} as unknown as CircuitHeader;

const cost = { seconds: 1, forwardPasses: 2, backwardPasses: 0 };

type Seed = CircuitJudged['seed'];

export function ranking(
  method: string,
  seed: Seed,
  scores: readonly (number | null)[],
  signed: readonly number[] | null = null,
): CircuitRow {
  return { kind: 'row', of: 'ranking', method, settings: {}, seed, scores, signed, z: null, ...cost };
}

export function judged(method: string, seed: Seed, auc: number, roc: CircuitJudged['roc'] = []): CircuitRow {
  const areas = { auc, aucPessimistic: auc - 0.1, averagePrecision: auc, f1: auc };
  const overNodes = {
    inside: 1,
    outside: 3,
    auc: [0.5, 0.9],
    aucPessimistic: [0.4, 0.8],
    averagePrecision: [0.3, 0.95],
  } as const;
  const curves = { roc, precisionRecall: [], overNodes };
  return { kind: 'row', of: 'judged', method, seed, reference: 'planted', ...areas, ...curves };
}

function summaryOf(mean: number) {
  return { mean, standardError: 0.1, interval: [mean - 0.2, mean + 0.2] as const, n: 8 };
}

export function faithful(
  method: string,
  draw: number | null,
  order: 'signed' | 'absolute',
  k: number,
  value: number,
): CircuitRow {
  const measured = { faithfulness: summaryOf(value), metric: summaryOf(4 * value), kl: summaryOf(1 - value) };
  return { kind: 'row', of: 'faithful', method, draw, order, k, share: k / nodes.length, ...measured };
}

export function runRows(rows: readonly CircuitRow[]): readonly RunRow[] {
  return [
    { call: 'circuit', event: { kind: 'start', header } },
    ...rows.map((event): RunRow => ({ call: 'circuit', event })),
  ];
}
