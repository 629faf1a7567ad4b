import { describe, expect, it } from 'vitest';
import type { DuoStep, StreamedHeads } from '../../../engine/results/duo.ts';
import type { JobRequest, RunRow } from '../../../engine/results/runs.ts';
import type { StreamingGroup } from '../../../engine/results/streamingHeads.ts';
import { duoSchedules } from '../../../engine/results/duoSchedules.ts';
import { parseEdit } from '../../../engine/service/editSyntax.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { gateRows, gatesNow, gateValues, streamingCells } from '../../../renderer/views/retrieval/gateRows.ts';
import { gateChoice, gateProblem, unlikePaper } from '../../../renderer/views/retrieval/gateSchedules.ts';
import { keptMarks, keptWords, probeRows, probeValues } from '../../../renderer/views/retrieval/probeRows.ts';
import { groupWords, probeCsv } from '../../../renderer/views/retrieval/probeWords.ts';
import { rankingScores } from '../../../renderer/views/retrieval/qualityRankings.ts';
import { pointName, qualityRows, qualitySeries } from '../../../renderer/views/retrieval/qualityRows.ts';
import { streamEdits } from '../../../renderer/views/retrieval/streamEdits.ts';
import {
  planGates,
  planProbe,
  planQuality,
  tokensOf,
  trialOf,
} from '../../../renderer/views/retrieval/streamingJobs.ts';
import { firstStreaming } from '../../../renderer/views/retrieval/streamingSettings.ts';
import { retrieveHeader } from './retrievalSample.ts';

const { model, shape: whole } = retrieveHeader();
/** Two layers of four heads in two KV heads. */
const shape = { ...whole, layers: 2, heads: 4, kvHeads: 2 };
const asked = { model: '/m' };
const summary = (mean: number) => ({ mean, standardError: 0.1, interval: [mean - 0.1, mean + 0.1] as const, n: 4 });
const tableOf = (rows: readonly RunRow[]) => rows.reduce<RunTable | null>(foldRow, null);

describe('echo, induction and prior', () => {
  const group = (layer: number, kvGroup: number, echo: number, induction: number): StreamingGroup => ({
    ...{ kind: 'group', layer, kvGroup, echo: summary(echo), induction: summary(induction) },
    ...{ echoHead: 2 * kvGroup, inductionHead: 2 * kvGroup + 1, prior: 0.5 + 0.1 * layer },
  });
  const header = {
    ...{ model, shape, n: 4, length: 10, tokens: 41, bosPrepended: true, tokenIdsSha256: 'a' },
    ...{ keep: { echo: 0.01, induction: 0.14 }, razorFactor: 1, priorLength: 41, notes: [] },
  };
  const start: RunRow = { call: 'streamingHeads', event: { kind: 'start', header } };
  const groups = [group(0, 0, 0.1, 0), group(0, 1, 0.4, 0.2), group(1, 0, 0, 0.9), group(1, 1, 0.2, 0.3)];
  const rowsOf = (some: readonly StreamingGroup[]) =>
    probeRows(tableOf([start, ...some.map((event): RunRow => ({ call: 'streamingHeads', event }))]));
  const kept = { keep: [[1], [0]], echo: [[1], []], induction: [[], [0]] };

  it('stand at their KV heads; which are kept, and by which score, is known at the end', () => {
    const rows = rowsOf(groups);
    if (rows === null) throw new Error('no rows');
    expect(Array.from(probeValues(rows, 'induction'))).toEqual(Array.from(Float32Array.of(0, 0.2, 0.9, 0.3)));
    expect(Array.from(keptMarks(rows, kept, 'echo'))).toEqual([0, 1, 0, 0]);
    expect(Array.from(keptMarks(rows, null, 'echo'))).toEqual([0, 0, 0, 0]);
    expect(groups.map((one) => keptWords(kept, one))).toEqual(['–', 'echo', 'induction', '–']);
    expect(keptWords({ ...kept, echo: [[1], [0]] }, { layer: 1, kvGroup: 0 })).toBe('both');
    expect(groupWords(rows, kept, 2)).toBe(
      'L1G0: echo 0.000 [−0.100, 0.100] (L1H0), induction 0.900 [0.800, 1.000] (L1H1), prior 0.60; kept by induction',
    );
    expect(probeCsv(rows, kept).split('\n')).toHaveLength(5 + Number(probeCsv(rows, kept).endsWith('\n')));
  });

  it('are unknown where nothing has come, and begin again with a run that does', () => {
    const rows = rowsOf(groups.slice(0, 1));
    if (rows === null) throw new Error('no rows');
    expect(Array.from(probeValues(rows, 'echo')).slice(1)).toEqual([NaN, NaN, NaN]);
    expect(groupWords(rows, null, 3)).toBe('L1G1: not known yet');
    const twice = probeRows(tableOf([start, { call: 'streamingHeads', event: groups[0] ?? group(0, 0, 0, 0) }, start]));
    expect(twice?.groups).toEqual([]);
  });

  it('rank KV heads once all are known: what RazorAttention keeps first, then by induction', () => {
    const sources = { gates: null, probe: rowsOf(groups), kept };
    expect(rankingScores('razor', sources)).toEqual([
      [0, 1.2],
      [1.9, 0.3],
    ]);
    expect(rankingScores('prior', sources)?.flat()).toEqual([0.5, 0.5, 0.6, 0.6]);
    expect(rankingScores('prior', { ...sources, probe: rowsOf(groups.slice(1)) })).toBeNull();
    expect(rankingScores('razor', { ...sources, kept: null })).toBeNull();
  });
});

describe('gates', () => {
  const step = (at: number, gates: readonly number[]): DuoStep => ({
    ...{ kind: 'step', step: at, gates, first: [], second: [], tokens: 512, labels: 20, learningRate: 0.02 },
    ...{ distillation: 0.1, loss: 0.15, meanGate: 0.5, seconds: 1 },
  });
  const header = { model, shape, settings: duoSchedules.scaled, compared: 'finalNorm' as const, notes: [] };
  const start: RunRow = { call: 'duo', event: { kind: 'start', header } };
  const row = (event: DuoStep): RunRow => ({ call: 'duo', event });

  it('are those of the last step; a training that went on keeps what it had', () => {
    const steps = [step(1, [1, 1, 1, 1]), step(2, [0.9, 0.5, 1, 0])];
    const rows = gateRows(tableOf([start, ...steps.map(row), start, row(step(3, [0.8, 0.25, 1, 0.5]))]));
    if (rows === null) throw new Error('no rows');
    expect(rows.steps.map((one) => one.step)).toEqual([1, 2, 3]);
    expect(gatesNow(rows)).toEqual([
      [0.8, 0.25],
      [1, 0.5],
    ]);
    expect(streamingCells(gateValues(rows), 0.5)).toEqual([1, 3]);
    expect(streamingCells(gateValues(rows), 1)).toEqual([0, 1, 2, 3]);
    expect(streamingCells(gateValues(rows), 0)).toEqual([]);
  });

  it('that are equal are not told apart', () => {
    expect(streamingCells(Float32Array.of(1, 1, 1, 0.5), 0.5)).toEqual([3]);
  });

  it('have none before the first step', () => {
    const rows = gateRows(tableOf([start]));
    if (rows === null) throw new Error('no rows');
    expect(gatesNow(rows)).toBeNull();
    expect(streamingCells(gateValues(rows), 0.5)).toEqual([]);
  });

  it('are trained by the schedules of the engine, the scaled one within the context', () => {
    expect(gateChoice('scaled', {}, 8192)).toEqual(duoSchedules.scaled);
    expect(gateChoice('scaled', { steps: 5 }, 512)).toMatchObject({ steps: 5, lengths: { from: 256, to: 512 } });
    expect(gateProblem(gateChoice('paper', {}, 8192), 8192)).toMatch(/32,000 tokens: this model takes 8,192/);
    expect(gateProblem({ ...duoSchedules.scaled, lengths: { from: 9, to: 8, count: 1 } }, 512)).toMatch(/shortest/);
  });

  it('say what differs from the paper', () => {
    expect(unlikePaper(duoSchedules.paper)).toEqual([]);
    expect(unlikePaper(duoSchedules.scaled)).toContain('200 steps (paper 2,000 steps)');
  });
});

describe('what streaming costs', () => {
  const point = (ranking: string | null, sparsity: number, answer: number, draw: number | null = null) =>
    ({
      ...{ kind: 'quality', ranking, draw, sparsity, streaming: [], answer: summary(answer) },
      ...{ correct: summary(0.5), loss: summary(2) },
    }) satisfies StreamedHeads;
  const header = {
    ...{ model, shape, sink: 4, recent: 8, units: 5, unitsPerRun: 1 },
    passkeyTexts: { n: 4, tokens: 400, answers: 40 },
    plainTexts: { n: 4, tokens: 400, source: 'stories' },
  };
  const points = [
    point(null, 0, -0.1),
    point('gates', 0.5, -0.3),
    point('random', 0.5, -1, 0),
    point('random', 0.5, -3, 1),
    point('gates', 0.25, -0.2),
  ];
  const rows = qualityRows(
    tableOf([
      { call: 'duoQuality', event: { kind: 'start', header } },
      ...points.map((event): RunRow => ({ call: 'duoQuality', event })),
    ]),
  );

  it('is a line for each ranking from the model as it is, and random choices from the least to the most', () => {
    if (rows === null) throw new Error('no rows');
    const [gates, random] = qualitySeries(rows, 'answer');
    expect(gates).toMatchObject({ name: 'gates', x: [0, 25, 50], y: [-0.1, -0.2, -0.3] });
    expect(random).toMatchObject({ name: '2 random', x: [0, 50], y: [-0.1, -2], control: true });
    expect(random).toMatchObject({ low: [-0.1, -3], high: [-0.1, -1] });
    expect(points.map(pointName)[3]).toBe('random 2, 50 %');
  });

  it('has nothing to draw before the model as it is', () => {
    expect(qualitySeries({ header, points: [] }, 'loss')).toEqual([]);
  });
});

describe('a job', () => {
  const { probe, quality } = firstStreaming;
  const ready = (plan: ReturnType<typeof planProbe>) => {
    if (plan.kind === 'problem') throw new Error(plan.text);
    return plan.job;
  };

  it('of the probe fits the context, or says that it does not', () => {
    const job = ready(planProbe(probe, asked, 512));
    expect(job).toMatchObject({ call: 'streamingHeads', request: { n: 4, keep: { echo: 0.01, induction: 0.14 } } });
    expect(tokensOf(job, 512)).toBe(4 * 4 * 127 + 8 * 512);
    expect(planProbe({ ...probe, length: 200 }, asked, 512)).toMatchObject({ kind: 'problem' });
  });

  it('of the gates is timed by one step of middle length', () => {
    const job = ready(planGates(gateChoice('scaled', {}, 8192), asked, 8192));
    expect(tokensOf(job, 8192)).toBe(200 * 768);
    expect(tokensOf(trialOf(job), 8192)).toBe(768);
    expect(planGates(gateChoice('paper', {}, 512), asked, 512).kind).toBe('problem');
  });

  it('of the quality takes the rankings that there are', () => {
    const choice = gateChoice('scaled', {}, 512);
    const nothing = { gates: null, probe: null, kept: null, choice, context: 512 };
    expect(planQuality(quality, asked, nothing)).toMatchObject({
      kind: 'problem',
      text: expect.stringMatching(/train/),
    });
    const header = { model, shape, settings: choice, compared: 'finalNorm' as const, notes: [] };
    const last = { kind: 'step', step: 1, gates: [1, 0, 1, 0], first: [], second: [], tokens: 1, labels: 1 } as const;
    const steps = [{ ...last, learningRate: 1, distillation: 0, loss: 0, meanGate: 0.5, seconds: 1 }];
    const scene = { ...nothing, gates: { header, steps } };
    const job: JobRequest = ready(planQuality(quality, asked, scene));
    expect(job).toMatchObject({ request: { rankings: [{ name: 'gates' }], sparsities: [0.25, 0.5, 0.75], sink: 16 } });
    // The model as it is, and three shares of one ranking and five draws, on 8 texts of each kind.
    expect(tokensOf(job, 512)).toBe(19 * (8 * 384 + 8 * 512));
    expect(planQuality({ ...quality, sparsities: '25, 150' }, asked, scene)).toMatchObject({ kind: 'problem' });
  });
});

it('writes streaming heads as edits that the command line reads', () => {
  const heads = [
    { layer: 0, head: 2 },
    { layer: 0, head: 3 },
    { layer: 3, head: 1 },
  ];
  const text = streamEdits(heads, { sink: 16, recent: 64 });
  expect(text).toBe('L0H2,3.scores=stream(16,64)\nL3H1.scores=stream(16,64)');
  const [first] = text.split('\n').map(parseEdit);
  expect(first).toMatchObject({ layers: [0], heads: [2, 3], operation: { kind: 'stream', sinks: 16, recent: 64 } });
});
