/** The list of runs: which are in it, what each is compared with, how its states and amounts are said. */
import { describe, expect, it } from 'vitest';
import {
  callsOf,
  filterRuns,
  isFiltered,
  liveRuns,
  proposedOther,
  readTags,
  tagsOf,
} from '../../../renderer/views/runs/runRows.ts';
import { progressWords, promptsWords, timeWords } from '../../../renderer/views/runs/runWords.ts';
import { runSummary } from '../api/sampleRows.ts';

const all = { text: '', call: null, state: null, tag: null } as const;
const runs = [
  runSummary('zero', { title: 'Zero ablation of heads, ioi', state: 'done', tags: ['paper'], note: 'layer norm off' }),
  runSummary('atp', { call: 'attribute', title: 'Attribution (atp) at z, ioi', state: 'failed' }),
  runSummary('scores', { call: 'scores', title: 'Head scores', state: 'paused', tags: ['paper', 'draft'] }),
];
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

describe('the list of runs', () => {
  it('says of jobs that go on what the engine said last, and of the others what is on disk', () => {
    const listed = [runSummary('a', { rows: 1 }), runSummary('b', { rows: 1, state: 'done' })];
    const jobs = [runSummary('c'), runSummary('a', { rows: 5 }), runSummary('b', { rows: 0, state: 'done' })];
    expect(liveRuns(listed, jobs).map(({ id, rows }) => [id, rows])).toEqual([
      ['c', jobs[0]?.rows],
      ['a', 5],
      ['b', 1],
    ]);
  });

  it.each([
    [{}, ['zero', 'atp', 'scores']],
    [{ text: ' ioi ABLATION ' }, ['zero']],
    [{ text: 'norm' }, ['zero']],
    [{ text: 'draft' }, ['scores']],
    [{ call: 'attribute' }, ['atp']],
    [{ state: 'active' }, ['scores']],
    [{ state: 'failed' }, ['atp']],
    [{ tag: 'paper' }, ['zero', 'scores']],
    [{ tag: 'paper', state: 'done' }, ['zero']],
    [{ text: 'no such word' }, []],
  ] as const)('is filtered by %j', (change, left) => {
    expect(ids(filterRuns(runs, { ...all, ...change }))).toEqual(left);
    expect(isFiltered({ ...all, ...change })).toBe(Object.keys(change).length > 0);
  });

  it('offers the kinds and tags that there are', () => {
    expect(callsOf(runs)).toEqual(['ablate', 'attribute', 'scores']);
    expect(tagsOf(runs)).toEqual(['draft', 'paper']);
    expect(readTags(' paper , ,ioi,paper')).toEqual(['paper', 'ioi']);
  });
});

describe('the run that another is compared with', () => {
  const run = runSummary('new', { from: 'old', rows: 34 });
  const on = (path: string) => ({ model: { path, name: path } });
  it('is the one that it came from', () => {
    expect(proposedOther(run, [run, runSummary('like', { rows: 34 }), runSummary('old', { call: 'scores' })])?.id).toBe(
      'old',
    );
  });

  it('else one of its kind on its model, with as many rows, on the same prompts', () => {
    const short = runSummary('short', { rows: 6 });
    const elsewhere = runSummary('elsewhere', { rows: 34, ...on('/other') });
    const others = runSummary('others', { rows: 34, prompts: { name: 'induction', n: 8 } });
    const like = runSummary('like', { rows: 34 });
    expect(proposedOther(run, [run, short, elsewhere, others, like])?.id).toBe('like');
    expect(proposedOther(run, [run, short, elsewhere, others])?.id).toBe('others');
    expect(proposedOther(run, [run, short, elsewhere])?.id).toBe('short');
    expect(proposedOther(run, [run, elsewhere])).toBe(null);
  });
});

describe('words of a run', () => {
  it('say how far it is, and how long still while it runs', () => {
    const progress = { kind: 'progress', of: 'units', done: 182, total: 1270 } as const;
    const run = runSummary('a', { progress, secondsLeft: 20 });
    expect(progressWords(run)).toBe('182 of 1,270 units · 20 s left');
    expect(progressWords({ ...run, state: 'paused' })).toBe('182 of 1,270 units');
    expect(progressWords({ ...run, progress: null })).toBe('');
  });

  it('say prompts with their number, and when it began', () => {
    expect(promptsWords({ prompts: { name: 'ioi', n: 1600 } })).toBe('ioi, 1,600');
    expect(promptsWords({ prompts: null })).toBe('');
    expect(timeWords(new Date(2026, 10, 6, 9, 5).toISOString())).toBe('2026-11-06 09:05');
    expect(timeWords('long ago')).toBe('long ago');
  });
});
