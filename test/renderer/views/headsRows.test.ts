import { describe, expect, it } from 'vitest';
import { compareHeads } from '../../../renderer/views/heads/compareHeads.ts';
import { correlation } from '../../../renderer/views/heads/correlation.ts';
import { findHeads } from '../../../renderer/views/heads/findHeads.ts';
import { headRows, rowsCsv } from '../../../renderer/views/heads/headRows.ts';
import { matrixCells } from '../../../renderer/api/matrixCells.ts';
import { counterpart, isSameQuantity, proposedSecond } from '../../../renderer/views/heads/otherMeasure.ts';
import { heads, measureOf } from './headsSample.ts';

describe('rows of the table', () => {
  const measure = measureOf([1, -3, NaN, 2, 0, 0.5, -0.25, NaN]);

  it('come in the order of size, unknown last', () => {
    const rows = headRows(measure, matrixCells(heads, 'head'), heads);
    expect(rows.map(({ name }) => name)).toEqual(['L0H1', 'L0H3', 'L0H0', 'L1H1', 'L1H2', 'L1H0', 'L0H2', 'L1H3']);
    expect(rows.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, null, null]);
    expect(rows[0]).toMatchObject({ group: 0, value: -3, low: -3.5, high: -2.5 });
  });

  it('are KV groups where the measure is of KV groups', () => {
    const spread = measureOf([1, 1, 4, 4, -5, -5, 0, 0], { of: 'kv-group' });
    const rows = headRows(spread, matrixCells(heads, 'kv-group'), heads);
    expect(rows.map(({ name, value }) => [name, value])).toEqual([
      ['L1G0', -5],
      ['L0G1', 4],
      ['L0G0', 1],
      ['L1G1', 0],
    ]);
  });

  it('leave out heads that a pruned model lacks', () => {
    const pruned = { ...heads, kvHeads: 4, headsOf: [4, 1] };
    expect(headRows(measure, matrixCells(pruned, 'head'), pruned)).toHaveLength(5);
  });

  it('say in each line of CSV what the number is', () => {
    const csv = rowsCsv(measure, headRows(measure, matrixCells(heads, 'head'), heads)).split('\r\n');
    expect(csv[0]).toBe('unit,layer,head,kv_group,rank,value,low_95,high_95,n,measure,value_unit');
    expect(csv[1]).toBe('L0H1,0,1,0,1,-3,-3.5,-2.5,64,"Zero ablation, Δ logit difference, ioi",logits');
    expect(csv.at(-2)).toBe('L1H3,1,3,1,,,,,64,"Zero ablation, Δ logit difference, ioi",logits');
  });
});

describe('the finder', () => {
  it('reads one head in any notation, also with a comma', () => {
    for (const text of ['1.3', 'L1H3', 'a1.h3', '1,3', ' 1-3 '])
      expect(findHeads(text, heads)).toEqual({ kind: 'heads', heads: [{ layer: 1, head: 3 }] });
  });

  it('reads several', () => {
    expect(findHeads('L0H1, 1.2 a1.h3', heads)).toEqual({
      kind: 'heads',
      heads: [
        { layer: 0, head: 1 },
        { layer: 1, head: 2 },
        { layer: 1, head: 3 },
      ],
    });
  });

  it('says why it finds none', () => {
    expect(findHeads('  ', heads)).toEqual({ kind: 'nothing' });
    expect(findHeads('L9H6', heads)).toEqual({
      kind: 'problem',
      text: 'no L9H6: layers 0 to 1, heads 0 to 3',
    });
    expect(findHeads('L0H1 nose', heads)).toEqual({ kind: 'problem', text: 'nose names no head' });
  });
});

describe('two measures', () => {
  it('correlate over heads that both know', () => {
    const xs = Float32Array.from([1, 2, 3, NaN]);
    expect(correlation(xs, Float32Array.from([2, 4, 6, 8])).r).toBeCloseTo(1);
    expect(correlation(xs, Float32Array.from([3, 2, 1, NaN]))).toEqual({ r: -1, n: 3 });
    expect(correlation(xs, Float32Array.from([1, 1, 1, 1])).r).toBeNaN();
    expect(correlation(xs, Float32Array.from([NaN, NaN, NaN, 1])).n).toBe(0);
  });

  const exact = measureOf([1]);
  const estimate = measureOf([1], {
    id: 'b/z',
    run: 'b',
    call: 'attribute',
    short: 'AtP',
    title: 'AtP estimate at z, Δ logit difference',
  });
  const score = measureOf([1], { id: 'c/i', call: 'scores', title: 'Induction', short: 'Induction', signed: false });
  const kl = measureOf([1], {
    id: 'run/kl',
    title: 'Zero ablation, KL',
    short: 'zero KL',
    signed: false,
    unit: 'nats',
  });
  const group = measureOf([1], { id: 'd/effect', of: 'kv-group', short: 'zero KV' });

  it('agree only where both are changes of one metric on the same prompts', () => {
    expect(isSameQuantity(exact, estimate)).toBe(true);
    expect(isSameQuantity(exact, { ...estimate, dataset: 'other' })).toBe(false);
    expect(isSameQuantity(exact, score)).toBe(false);
    expect(isSameQuantity(exact, kl)).toBe(false);
  });

  it('are an effect and its estimate where there is one', () => {
    expect(proposedSecond([score, kl, group, exact, estimate], exact)).toBe(estimate);
    expect(proposedSecond([score, kl, exact], exact)).toBe(score);
    expect(proposedSecond([exact], exact)).toBeNull();
  });

  it('have a counterpart among KV groups', () => {
    expect(counterpart([score, exact, group], exact, 'kv-group')).toBe(group);
    expect(counterpart([score, exact, group], group, 'head')).toBe(exact);
    expect(counterpart([score], exact, 'kv-group')).toBeNull();
  });
});

describe('two heads', () => {
  it('are compared by the newest of each measure that knows both', () => {
    const newest = measureOf([0, 2, NaN, 0, 0, 0, 0, 0.8]);
    const list = [newest, measureOf([9, 9, 9, 9, 9, 9, 9, 9], { id: 'old/effect' })];
    const [row, ...rest] = compareHeads(list, { layer: 0, head: 1 }, { layer: 1, head: 3 });
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ measure: newest, a: { value: 2 }, apart: true });
    expect(compareHeads(list, { layer: 0, head: 0 }, { layer: 1, head: 0 })[0]?.apart).toBe(false);
    expect(compareHeads([newest], { layer: 0, head: 1 }, { layer: 0, head: 2 })).toEqual([]);
  });
});
