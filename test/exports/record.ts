/** An ablation run of a model with two layers of four heads in two groups. */
import type { AblationRecord } from '../../engine/exports/exportFormat.ts';
import type { AblationHeader } from '../../engine/results/ablation.ts';
import type { Summary } from '../../engine/results/records.ts';

export function summaryOf(mean: number): Summary {
  return { mean, standardError: Math.abs(mean) / 7, interval: [mean - 1 / 3, mean + 1 / 3], n: 16 };
}

const header: AblationHeader = {
  model: {
    name: 'tiny',
    fingerprint: 'ab'.repeat(32),
    architecture: 'llama',
    format: 'gguf',
    dtype: 'Q4_1, F32',
    weights: 'float32',
    tokenizer: 'ef'.repeat(32),
  },
  shape: {
    layers: 2,
    heads: 4,
    kvHeads: 2,
    headWidth: 8,
    width: 32,
    mlpWidth: 64,
    vocabulary: 100,
    outputVocabulary: 100,
    context: 64,
  },
  perLayer: [
    { heads: 4, kvHeads: 2 },
    { heads: 4, kvHeads: 2 },
  ],
  ropeTheta: 10000,
  tokenizer: { vocabulary: 100, bosPrepended: true },
  ablation: 'zero',
  scale: null,
  unitsPerRun: 3,
  unit: 'head',
  metricId: 'logitDifference',
  calibration: { dataset: 'ioi', sequences: 16, tokens: 240, length: 15, tokenIdsSha256: 'cd'.repeat(32), seed: 3 },
  reference: null,
  align: null,
  options: {},
  environment: { tool: 'headscope 0', ortVersion: '1', executionProvider: 'cpu', threads: 2, cpu: 'any', os: 'linux' },
  units: 8,
  remaining: [],
  notes: [],
};

const units = [1, 0].flatMap((layer) =>
  [2, 0, 3, 1].map((head) => ({
    ...{ kind: 'unit' as const, layer, head },
    effect: summaryOf(-(layer + head) / 3),
    kl: summaryOf((layer + head) / 30),
  })),
);

export function recordWith(
  changes: Partial<AblationRecord> = {},
  headerChanges: Partial<AblationHeader> = {},
): AblationRecord {
  return {
    header: { ...header, ...headerChanges },
    baseline: {
      metricId: 'logitDifference',
      direction: 'higher',
      metric: summaryOf(3),
      accuracy: summaryOf(0.9),
      doesTask: true,
    },
    units,
    seconds: 12.345,
    warnings: [],
    created: '2030-01-01T00:00:00.000Z',
    version: '0.1.0',
    ...changes,
  };
}
