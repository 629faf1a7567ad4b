import { describe, expect, it } from 'vitest';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { MaskRows } from '../../../engine/results/maskPoints.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { maskedKs, maskGrid, topArm } from '../../../renderer/views/retrieval/maskCells.ts';
import { maskCharts } from '../../../renderer/views/retrieval/maskCharts.ts';
import { planMasks } from '../../../renderer/views/retrieval/maskPlan.ts';
import { maskRows } from '../../../renderer/views/retrieval/maskRows.ts';
import type { MaskingSettings } from '../../../renderer/views/retrieval/retrievalSettings.ts';
import { firstRetrieval } from '../../../renderer/views/retrieval/retrievalSettings.ts';
import { ablationHeader } from '../api/sampleRows.ts';

const runs: Extract<RequestOf<'retrieve'>['runs'], { readonly kind: 'grid' }> = {
  ...{ kind: 'grid', grids: [{ lengths: [64], depths: [0] }], haystack: { kind: 'stories' } },
  ...{ template: 'plain', prompt: 'answer', maxNew: 8 },
};
const detection: RequestOf<'retrieve'> = { model: 'm', runs, mode: 'generate', seed: 3 };
const ranking = [0, 1, 2, 3].map((head) => ({ layer: 0, head }));
const plan = (change: Partial<MaskingSettings>) =>
  planMasks({ ...firstRetrieval.masking, ks: '1, 2', ...change }, { detection, ranking, context: 256 });

describe('a plan of masks', () => {
  it('asks the needles of the detection again, once for each set of heads', () => {
    const planned = plan({ draws: 3 });
    if (planned.kind !== 'ready') throw new Error(planned.text);
    expect(planned.arms).toBe(1 + 2 * 5);
    expect(planned.request).toMatchObject({ runs: [runs], ks: [1, 2], seed: 3, masks: [{ kind: 'uniform' }] });
    expect(planned.request.texts.length).toBe(256);
  });

  it('puts prompts that ask for steps beside those that do not, with room for steps', () => {
    const planned = plan({ steps: true, mode: 'generate', mask: 'stream', sinks: 2, recent: 8 });
    if (planned.kind !== 'ready') throw new Error(planned.text);
    const { maxNew: _, ...rest } = runs;
    expect(planned.request.runs[1]).toStrictEqual({ ...rest, prompt: 'steps' });
    expect(planned.request.masks).toEqual([{ kind: 'stream', sinks: 2, recent: 8 }]);
  });

  it.each<[Partial<MaskingSettings>, RegExp]>([
    [{ ks: '9' }, /4 heads/],
    [{ ks: '0' }, /whole numbers of heads/],
    [{ steps: true, mode: 'forced' }, /Steps have to be said/],
  ])('says what is in the way of %o', (change, words) => {
    const planned = plan(change);
    expect(planned.kind === 'problem' ? planned.text : '').toMatch(words);
  });
});

describe('a masking', () => {
  const { model, shape } = ablationHeader();
  const arm = (set: 'top' | 'random' | 'bottom', draw: number | null) => ({
    ...{ mask: { kind: 'uniform' } as const, set, k: 2, draw, heads: ranking.slice(0, 2) },
  });
  const none = { mask: null, set: 'none', k: 0, draw: null, heads: [] } as const;
  const header: MaskRows['header'] = {
    ...{ model, shape, scope: 'decode', mode: 'forced', seed: 0, runs: 2, runIdsSha256: 'a', notes: [] },
    arms: [none, arm('top', null), arm('random', 0), arm('random', 1), arm('bottom', null)],
    texts: { n: 1, length: 8, source: 'stories', tokenIdsSha256: 'b' },
  };
  const asked = (run: number, firstChoice: readonly number[]) => ({
    ...{ kind: 'row', of: 'run', run, id: `r${run}`, needle: `n${run}`, length: 64, depth: 0, prompt: 'answer' },
    ...{ tokens: 64, answer: 'a', answerIds: [1], correct: firstChoice.map((share) => share === 1), firstChoice },
    ...{ logProbability: firstChoice.map((share) => share - 1), said: null },
  });
  const rows = [
    { kind: 'start', header },
    asked(0, [1, 0, 1, 1, 1]),
    asked(1, [1, 0.5, 1, 0, 1]),
    { kind: 'row', of: 'text', text: 0, tokens: 4, loss: [1, 1, 1, 1, 1] },
  ].map((event) => ({ call: 'maskCurve', event }) as RunRow);
  const read = maskRows(rows.reduce<RunTable | null>(foldRow, null));

  it('begins every curve with the model as it is, and takes random sets of a k together', () => {
    if (read === null) throw new Error('no rows');
    const charts = maskCharts(read);
    expect(charts.map(({ number }) => number)).toEqual(['accuracy', 'firstChoice', 'logProbability', 'perplexity']);
    const first = charts.find(({ number }) => number === 'firstChoice');
    expect(first?.series.map(({ name, y }) => [name, ...y])).toEqual([
      ['top k', 1, 0.25],
      ['random k', 1, 0.75],
      ['bottom k', 1, 1],
    ]);
    expect(charts.at(-1)?.series[0]?.y[1]).toBeCloseTo(Math.E);
  });

  it('compares length by depth before and after', () => {
    if (read === null) throw new Error('no rows');
    expect(maskedKs(read)).toEqual([2]);
    expect(topArm(read, 3)).toBeNull();
    expect(maskGrid(read, topArm(read, 2) ?? 0)).toMatchObject({ lengths: [64], depths: [0] });
    expect(maskGrid(read, 1)?.values[0]).toBe(0.25);
  });
});
