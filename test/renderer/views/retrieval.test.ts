import { describe, expect, it } from 'vitest';
import { retrievalScores } from '../../../engine/scores/retrieval/index.ts';
import { needles } from '../../../engine/tasks/needles/index.ts';
import { measuresOfRun } from '../../../renderer/api/measuresOfRun.ts';
import { withRetrieveResult } from '../../../renderer/api/retrieveTable.ts';
import { createWorkspace } from '../../../renderer/state/workspace.ts';
import { cellWords, detectionGrid, wilson } from '../../../renderer/views/retrieval/detectionGrid.ts';
import { runLines } from '../../../renderer/views/retrieval/detectionRunLines.ts';
import { summaryWords } from '../../../renderer/views/retrieval/summaryWords.ts';
import { headCopies } from '../../../renderer/views/retrieval/headCopies.ts';
import type { NeedlePlan } from '../../../renderer/views/retrieval/needlePlan.ts';
import { lackIn, lengthsOf, numbersIn, planNeedles } from '../../../renderer/views/retrieval/needlePlan.ts';
import { promptRow } from '../../../renderer/views/retrieval/openCopy.ts';
import { rankedHeads } from '../../../renderer/views/retrieval/rankedHeads.ts';
import type { RetrievalSettings } from '../../../renderer/views/retrieval/retrievalSettings.ts';
import { firstRetrieval } from '../../../renderer/views/retrieval/retrievalSettings.ts';
import { scoreChoices } from '../../../renderer/views/retrieval/scoreChoices.ts';
import { retrievedRun, retrieveHeader, retrieveTable } from './retrievalSample.ts';

const scene = { context: 512, builtIn: needles };
const plan = (change: Partial<RetrievalSettings>): NeedlePlan => planNeedles({ ...firstRetrieval, ...change }, scene);

describe('a plan of needles', () => {
  it('hides what is copied at two lengths that the model holds, where nothing was chosen', () => {
    const planned = plan({});
    if (planned.kind !== 'ready' || planned.runs.kind !== 'grid') throw new Error('not ready');
    expect(planned.runs.grids).toEqual([{ lengths: [256, 435], depths: [0, 33, 67, 100] }]);
    expect(planned.runs.needles).toEqual(needles.filter(({ kind }) => kind === 'copy'));
    expect(planned.runs.haystack).toEqual({ kind: 'stories' });
    expect(lengthsOf({ lengths: null }, 8192)).toBe('512, 1800');
  });

  it.each<[Partial<RetrievalSettings>, RegExp]>([
    [{ chosen: [] }, /Choose a needle/],
    [{ lengths: '12.5' }, /whole numbers of tokens/],
    [{ lengths: '600' }, /512 tokens at most/],
    [{ depths: '120' }, /percents from 0 to 100/],
    [{ depths: 'deep' }, /percents from 0 to 100/],
    [{ mode: 'forced', prompt: 'steps' }, /no room for steps/],
    [{ source: 'file' }, /Choose a file/],
  ])('says what is in the way of %o', (change, words) => {
    const planned = plan(change);
    expect(planned.kind === 'problem' ? planned.text : '').toMatch(words);
  });

  it('asks of a needle of one’s own what it lacks', () => {
    const whole = { id: 'own-1', kind: 'copy', sentence: 'It is [answer].', question: 'What?', answer: 'red' } as const;
    expect(lackIn(whole)).toBeNull();
    expect(lackIn({ ...whole, sentence: 'It is red.' })).toMatch(/\[answer\] once/);
    expect(plan({ own: [{ ...whole, question: '' }], chosen: ['own-1'] })).toMatchObject({ kind: 'problem' });
  });

  it('reads lists with commas, spaces, and each number once', () => {
    expect(numbersIn('512, 1800  512')).toEqual([512, 1800]);
    expect(numbersIn(' ')).toBeNull();
    expect(numbersIn('1, x')).toBeNull();
  });
});

it('offers the scores that the engine has', () => {
  const own = retrievalScores.map(({ id, title, about }) => ({ id, title, about }));
  expect(scoreChoices).toEqual(own);
});

describe('a detection', () => {
  const rows = [
    retrievedRun(0, {
      legacy: [0, 0, 0, 1],
      copies: [
        [1, 1, 0, 10],
        [1, 1, 1, 11],
      ],
    }),
    retrievedRun(1, { success: false, counts: false, legacy: [1, 1, 1, 1] }),
    retrievedRun(2, { legacy: [0, 0, 0, 0.5], copies: [[1, 1, 1, 12]] }),
  ];

  it('ranks heads by the runs that count, with errors clustered by needle', () => {
    const [best, next] = rankedHeads(retrieveTable(rows), 'legacy');
    expect(best).toMatchObject({ name: 'L1H1', rank: 1, value: 0.75, n: 2, active: 1 });
    // Two needles with residuals of ±1/4: SE² = 2 (1/16 + 1/16) / 4, and Student's t with one degree of freedom.
    expect(best?.high).toBeCloseTo(0.75 + 12.706 * 0.25, 5);
    expect(next).toMatchObject({ name: 'L0H0', value: 0, active: 0 });
  });

  it('takes the engine’s numbers once it is done', () => {
    const summary = (mean: number) => ({
      mean,
      standardError: 0.1,
      interval: [mean - 0.1, mean + 0.1],
      n: 2,
      active: 0.5,
    });
    const head = { layer: 1, head: 1, legacy: summary(0.75), capped: summary(0.5), scores: {} };
    const result = {
      ...{ seconds: 1, warnings: [], mode: 'generate', runs: 2, passed: 2, total: 3, needles: 2, heads: [head] },
      ...{ zero: 0.75, atLeastTenth: 0.25, stability: null, settled: false },
    };
    const [best] = rankedHeads(withRetrieveResult(retrieveTable(rows), result), 'legacy');
    expect(best).toMatchObject({ name: 'L1H1', active: 0.5 });
    expect(best?.low).toBeCloseTo(0.65, 5);
  });

  it('shows success and copying at each length and depth; where no run came nothing is known', () => {
    const grid = detectionGrid(retrieveTable(rows), 'success');
    expect(grid).toMatchObject({ lengths: [64, 128], depths: [0, 100] });
    expect(Array.from(grid?.values ?? [])).toEqual([1, NaN, NaN, 0]);
    expect(Array.from(grid?.n ?? [])).toEqual([2, 0, 0, 1]);
    // Half and a quarter of the four tokens.
    expect(detectionGrid(retrieveTable(rows), 'copied')?.values[0]).toBeCloseTo(0.375);
    if (grid === null) throw new Error('no grid');
    expect(cellWords(grid, 0, 'answered')).toBe('64 tokens, depth 0 %: answered 100 %, 1.00 [0.34, 1.00], n 2');
  });

  it('keeps what was generated apart from what was given after none had passed', () => {
    const failed = retrievedRun(0, { success: false, counts: false });
    const given = retrievedRun(0, { mode: 'forced', success: null, correct: [true, true], counts: true });
    const table = retrieveTable([failed, given]);
    expect(detectionGrid(table, 'success')?.values[0]).toBe(0);
    expect(runLines(table).map(({ name }) => name)).toEqual(['a', 'a, answer given']);
    expect(summaryWords(table)).toMatch(/^1 of 1 runs count, 4 planned \(answer given\)/);
  });

  it('tells when a head copied, and from where', () => {
    const copies = headCopies(retrieveTable(rows), { layer: 1, head: 1 });
    expect(copies.map(({ row, step, key, offset }) => [row, step, key, offset])).toEqual([
      [0, 0, 10, 0],
      [0, 1, 11, 1],
      [2, 1, 12, 2],
    ]);
    expect(copies[1]?.piece).toBe('ue');
  });

  it('has no grid for prepared runs without places', () => {
    const bare = retrieveHeader().runs.map((run) => ({ ...run, length: null, depth: null }));
    expect(detectionGrid(retrieveTable([], retrieveHeader({ runs: bare })), 'success')).toBeNull();
  });

  it('gives measures to the matrix, with as many runs as count', () => {
    const measures = measuresOfRun('r', retrieveTable(rows));
    expect(measures.map(({ id }) => id)).toEqual(['r/legacy', 'r/capped']);
    expect(measures[0]).toMatchObject({ call: 'scores', n: 2, of: 'head' });
    expect(measures[0]?.values[3]).toBe(0.75);
  });
});

it('shows a copy as a prompt whose answer is the copied token, against the last other one before it', () => {
  expect(promptRow([5, 7, 9, 9, 4], 3)).toEqual({ ids: [5, 7, 9, 9, 4], answerId: 9, wrongId: 7 });
});

it('gives an interval to shares of 0 and 1 too', () => {
  expect(wilson(0, 10)[1]).toBeCloseTo(0.2775, 3);
  expect(wilson(1, 10)[0]).toBeCloseTo(0.7225, 3);
});

it('is a place of the window', () => {
  const workspace = createWorkspace();
  workspace.goTo('retrieval');
  expect(workspace.store.getState().panes).toEqual(['retrieval']);
});
