/** Runs of the retrieval laboratory on a model with two layers of four heads in two groups. */
import type { RetrievalRecord } from '../../engine/exports/retrievalEnvelope.ts';
import type { StreamingRecord } from '../../engine/exports/streamingTables.ts';
import type { RetrievedHead, RetrievedRun } from '../../engine/results/retrieve.ts';
import { recordWith, summaryOf } from './record.ts';

const { model: identity, shape, perLayer, ropeTheta, tokenizer, calibration, environment } = recordWith().header;

export const heads = Array.from({ length: 8 }, (_, i) => i);

export function retrievedRun(index: number, counts: boolean): RetrievedRun {
  return {
    ...{ kind: 'run', index, mode: 'generate', counts, success: counts, reason: 'made up' },
    ...{
      rouge: 1,
      f1: 1,
      response: 'x',
      generated: [1],
      pieces: null,
      logProbabilities: null,
      correct: null,
      seconds: 1,
    },
    legacy: heads.map((head) => head / 4 + index),
    capped: heads.map((head) => Math.min(1, head / 4 + index)),
    copies: [],
    scores: { locos: index === 2 ? null : heads.map((head) => head - 1 - index) },
  };
}

export function detection(rows: readonly RetrievedRun[]): RetrievalRecord {
  const planned = { needle: 'n', length: 512, depth: 0, tokens: 500, span: [1, 5] as const, maxNew: 8, answer: 'x' };
  const statistics = { ...summaryOf(1), active: 1 };
  const counts = rows.some((row) => row.counts);
  const read: RetrievedHead[] = heads.map((i) => ({
    ...{ layer: Math.floor(i / 4), head: i % 4, legacy: statistics, capped: statistics, scores: { locos: statistics } },
  }));
  return {
    header: {
      ...{ model: identity, shape, perLayer, ropeTheta, tokenizer, calibration, environment, units: 3, notes: [] },
      ...{ mode: 'generate', template: 'plain', prompt: 'answer', needles: [], grids: [], passMark: 0.5 },
      ...{ endIds: [2], settle: false, left: [] },
      scores: [
        {
          ...{ id: 'locos', title: 'LOCOS', rule: '1', about: '', formula: '', source: '', unit: 'logits' },
          range: [null, null],
        },
      ],
      runs: ['a', 'b', 'c'].map((id) => ({ id, ...planned })),
    },
    rows,
    heads: counts ? read : [],
    warnings: [],
    created: '2030-01-01T00:00:00.000Z',
  };
}

export const streaming: StreamingRecord = {
  header: {
    ...{ model: identity, shape, n: 2, length: 10, tokens: 40, bosPrepended: true, tokenIdsSha256: '', notes: [] },
    ...{ keep: { echo: 0.01, induction: 0.14 }, razorFactor: 1, priorLength: 500 },
  },
  groups: [
    {
      ...{ kind: 'group', layer: 1, kvGroup: 0, echo: summaryOf(0.5), induction: summaryOf(0.25) },
      ...{ echoHead: 0, inductionHead: 1, prior: 0.75 },
    },
  ],
  keep: [[], [0]],
};
