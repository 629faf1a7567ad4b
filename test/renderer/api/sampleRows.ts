/** Rows of small runs: two layers of four heads, two KV groups each. */
import type { AblationHeader } from '../../../engine/results/ablation.ts';
import type { RunRow, RunSummary } from '../../../engine/results/runs.ts';
import type { Summary } from '../../../engine/results/records.ts';

const shape = {
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headWidth: 8,
  width: 32,
  mlpWidth: 64,
  vocabulary: 100,
  outputVocabulary: 100,
  context: 64,
};

export const model = {
  name: 'small',
  fingerprint: 'f1',
  architecture: 'llama',
  format: 'safetensors',
  dtype: 'F32',
  weights: 'float32',
} as const;

export function summaryOf(mean: number, n = 16): Summary {
  return { mean, standardError: 0.1, interval: [mean - 0.2, mean + 0.2], n };
}

export function ablationHeader(change: Partial<AblationHeader> = {}): AblationHeader {
  return {
    model,
    shape,
    perLayer: [
      { heads: 4, kvHeads: 2 },
      { heads: 4, kvHeads: 2 },
    ],
    ropeTheta: null,
    tokenizer: null,
    metricId: 'logitDifference',
    calibration: { dataset: 'ioi', sequences: 16, tokens: 320, length: 20, tokenIdsSha256: 'a', seed: 0 },
    options: {},
    environment: { tool: 't', ortVersion: '1', executionProvider: 'cpu', threads: 2, cpu: 'c', os: 'o' },
    units: 8,
    remaining: [],
    notes: [],
    ablation: 'zero',
    unit: 'head',
    scale: null,
    unitsPerRun: 4,
    reference: null,
    align: null,
    ...change,
  };
}

export function startRow(change: Partial<AblationHeader> = {}): RunRow {
  return { call: 'ablate', event: { kind: 'start', header: ablationHeader(change) } };
}

export function headRow(layer: number, head: number, effect: number): RunRow {
  return { call: 'ablate', event: { kind: 'unit', layer, head, effect: summaryOf(effect), kl: summaryOf(0.5) } };
}

export function groupRow(layer: number, kvGroup: number, effect: number): RunRow {
  return { call: 'ablate', event: { kind: 'unit', layer, kvGroup, effect: summaryOf(effect), kl: summaryOf(0.5) } };
}

export function scoreRows(): readonly RunRow[] {
  const score = {
    id: 'induction',
    title: 'Induction',
    rule: 'S4',
    about: 'a',
    formula: 'f',
    source: 's',
    unit: 'share',
    range: [0, 1],
    prompts: 4,
    queries: 40,
    uniform: 0.1,
  } as const;
  const prompts = {
    dataset: 'repeated random tokens',
    n: 4,
    tokens: 400,
    repeated: 50,
    bosPrepended: true,
    seed: 0,
    tokenIdsSha256: 'b',
  };
  const header = { model, shape, prompts, scores: [score], left: [] };
  const values = { induction: summaryOf(0.75, 4) };
  return [
    { call: 'scores', event: { kind: 'start', header } },
    { call: 'scores', event: { kind: 'head', layer: 1, head: 2, values } },
  ];
}

export function runSummary(id: string, change: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    call: 'ablate',
    title: id,
    tags: [],
    note: '',
    state: 'running',
    model: { path: '/m', name: 'small' },
    prompts: { name: 'ioi', n: 16 },
    created: '2026-01-01T00:00:00Z',
    seconds: 0,
    rows: 1,
    progress: null,
    rate: null,
    secondsLeft: null,
    error: null,
    warnings: [],
    from: null,
    resumed: 0,
    ...change,
  };
}
