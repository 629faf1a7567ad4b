/** A run of every call that measures heads, with everything that it can say: two layers of four heads, two KV groups each. */
import type { ImportanceHeader } from '../../../engine/results/importance.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import { criteria } from '../../../engine/prune/criteria/index.ts';
import { scores } from '../../../engine/scores/index.ts';
import { retrievalScores } from '../../../engine/scores/retrieval/index.ts';
import { weightScoreList } from '../../../engine/scores/weights/list.ts';
import { ablationHeader, startRow, summaryOf } from './sampleRows.ts';

const { model, shape } = ablationHeader();
const {
  ablation: _a,
  unit: _u,
  scale: _s,
  unitsPerRun: _p,
  reference: _r,
  align: _l,
  ...plainHeader
} = ablationHeader();

export function scoresStart(bosPrepended = true): RunRow {
  const prompts = {
    ...{ dataset: 'repeated random tokens', n: 4, tokens: 400, repeated: 50, bosPrepended, seed: 0 },
    tokenIdsSha256: 'b',
  };
  const read = scores.map(({ id, title, rule, about, formula, source, unit, range }) => ({
    ...{ id, title, rule, about, formula, source, unit, range, prompts: 4, queries: 40, uniform: 0.1 },
  }));
  return { call: 'scores', event: { kind: 'start', header: { model, shape, prompts, scores: read, left: [] } } };
}

function weightsStart(): RunRow {
  const read = weightScoreList.map(({ reads: _reads, ...score }) => score);
  const tokens = { n: 64, of: 900, seed: 0, idsSha256: 'a' };
  const header = { model, shape, tokens, scores: read, left: [], conventions: [] };
  return { call: 'weightScores', event: { kind: 'start', header } };
}

function attributeStarts(): readonly RunRow[] {
  const methods = ['atp', 'taylor', 'gradxact', 'integrated'] as const;
  return methods.map((method) => {
    const settings = { method, steps: null, qkCorrection: false, gradDrop: false, granularity: null };
    return { call: 'attribute', event: { kind: 'start', header: { ...plainHeader, settings, sites: ['z', 'k'] } } };
  });
}

export function streamingRows(kvHeads = 2): readonly RunRow[] {
  const header = {
    ...{ model, shape: { ...shape, kvHeads }, n: 8, length: 16, tokens: 65, bosPrepended: true, tokenIdsSha256: 'a' },
    ...{ keep: { echo: 0.01, induction: 0.14 }, razorFactor: 0.01, priorLength: 32, notes: [] },
  };
  const group = {
    kind: 'group',
    layer: 1,
    kvGroup: 0,
    echo: summaryOf(0.25, 8),
    induction: summaryOf(0.75, 8),
  } as const;
  return [
    { call: 'streamingHeads', event: { kind: 'start', header } },
    { call: 'streamingHeads', event: { ...group, echoHead: 0, inductionHead: 1, prior: 0.5 } },
  ];
}

export function duoRows(): readonly RunRow[] {
  const settings = {
    ...{ steps: 2, sink: 4, recent: 8, lengths: { from: 32, to: 64, count: 2 }, passkeys: null },
    ...{ learningRate: 0.02, regularisation: 0.05, seed: 0 },
  };
  const header = { model, shape, settings, compared: 'finalNorm', notes: [] } as const;
  const step = (number: number, gates: readonly number[]): RunRow => ({
    call: 'duo',
    event: {
      ...{ kind: 'step', step: number, gates, first: [], second: [], tokens: 64, labels: 4, learningRate: 0.02 },
      ...{ distillation: 0.1, loss: 0.2, meanGate: 0.5, seconds: 1 },
    },
  });
  const start: RunRow = { call: 'duo', event: { kind: 'start', header } };
  return [start, step(1, [1, 1, 1, 1]), step(2, [1, 0.5, 0.25, 0])];
}

export function importanceStart(unit: ImportanceHeader['unit']): RunRow {
  const { calibration, ...rest } = plainHeader;
  const asked = criteria.filter(({ units }) => units.includes(unit));
  const header: ImportanceHeader = {
    ...{ ...rest, calibration: { ...calibration, dataset: 'stories' }, unit, rows: 8 },
    criteria: asked.map(({ id, title, rule, family, formula, source, unit: of, signed, kind }) => ({
      ...{ id, title, rule, family, formula, source, unit: of, signed, direction: 'higher_keeps', ablation: null },
      absGranularity: kind === 'gates' ? ('token' as const) : null,
    })),
    text: { predicted: 300, documents: 3, bosPrepended: true },
    samples: { unit: 'document', list: ['a', 'b', 'c'].map((name) => ({ name, tokens: 100, loss: 2 })) },
    ...{ loss: summaryOf(2, 3), shapley: null, estimates: [] },
  };
  return { call: 'importance', event: { kind: 'start', header } };
}

function retrieveStart(): RunRow {
  const { metricId: _m, options: _o, remaining: _k, ...common } = plainHeader;
  const read = retrievalScores.map(({ id, title, rule, about, formula, source, unit, range }) => ({
    ...{ id, title, rule, about, formula, source, unit, range },
  }));
  const header = {
    ...{ ...common, mode: 'forced', template: null, prompt: null, needles: [], grids: [], scores: read },
    ...{ runs: [], left: [] },
  };
  return { call: 'retrieve', event: { kind: 'start', header } } as unknown as RunRow;
}

/** Each by itself a run. */
export function everyRun(): readonly (readonly RunRow[])[] {
  const ablations = ['zero', 'mean', 'resample', 'scale', 'uniform'] as const;
  return [
    ...ablations.map((ablation) => [startRow({ ablation })]),
    [startRow({ unit: 'kv-group' })],
    ...attributeStarts().map((row) => [row]),
    [scoresStart()],
    [weightsStart()],
    [{ call: 'directLogits', event: { kind: 'start', header: { ...plainHeader, beforeSoftCap: false } } }],
    [retrieveStart()],
    streamingRows(),
    duoRows(),
    [importanceStart('head')],
    [importanceStart('kv-group')],
  ];
}
