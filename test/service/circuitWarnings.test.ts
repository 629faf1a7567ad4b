import { describe, expect, it } from 'vitest';
import type { CircuitJudged, CircuitRow } from '../../engine/results/circuitBench.ts';
import type { BenchFound } from '../../engine/service/calls/circuitWarnings.ts';
import { circuitWarnings } from '../../engine/service/calls/circuitWarnings.ts';

function judged(method: string, auc: number, seed: number): CircuitJudged {
  return {
    ...{ kind: 'row', of: 'judged', method, seed, reference: 'planted', auc, aucPessimistic: auc },
    ...{ averagePrecision: auc, f1: auc, roc: [], precisionRecall: [] },
  };
}

function warningsOf(labels: readonly string[], more: readonly CircuitRow[] = []): string[] {
  const drawn = [0, 1, 2].flatMap((seed) => [
    judged('discrete-sae', 0.8, seed),
    ...labels.map((label) => judged(label, 0.9, seed)),
  ]);
  const found = {
    ...{ rows: [...drawn, ...more], methods: ['discrete-sae'], baseline: { doesTask: true } },
    ...{ measured: { prompts: Array.from({ length: 40 }) }, ends: { whole: [1, 2], empty: [0, 0] } },
  };
  // What of a bench's findings is not read here is left out.
  return circuitWarnings(found as unknown as BenchFound);
}

describe('points of the curve over numbers of prompts that are left out', () => {
  it('are named, of each method once', () => {
    const row = (prompts: number, seed: number) =>
      ({ kind: 'row', of: 'unsampled', method: 'smd', seed, prompts, reason: 'too few prompts' }) as const;
    expect(warningsOf([], [row(5, 0), row(5, 1), row(10, 0)])).toEqual([
      'smd on the first 5, 10 prompts: left out of the curve over numbers of prompts (too few prompts)',
    ]);
  });
});

describe('an untrained encoder that does as well', () => {
  it('is told of, also where the control was asked for with settings of its own', () => {
    expect(warningsOf([])).toEqual([]);
    expect(warningsOf(['hash'])).toEqual([]);
    expect(warningsOf(['untrained'])).toEqual([expect.stringMatching(/an untrained encoder does as well \(AUC 0.800/)]);
    expect(warningsOf(['untrained features=100', 'untrained features=200'])).toHaveLength(2);
  });
});
