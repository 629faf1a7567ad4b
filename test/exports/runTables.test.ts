/** Runs as tables of heads, and the plan among several tables. */
import { describe, expect, it } from 'vitest';
import { importScores } from '../../engine/exports/importScores.ts';
import { writeLocos } from '../../engine/exports/locos.ts';
import { retrievalEnvelope } from '../../engine/exports/retrievalEnvelope.ts';
import { retrievalTables } from '../../engine/exports/retrievalTables.ts';
import { scoresTables } from '../../engine/exports/scoresTables.ts';
import { streamingTables } from '../../engine/exports/streamingTables.ts';
import { writeTables } from '../../engine/exports/writeTables.ts';
import { detection, heads, retrievedRun, streaming } from './laboratory.ts';
import { summaryOf } from './record.ts';
import { about, effects, fileOf, keptGroups, keptHeads, model, scores, textOf } from './tables.ts';

describe('a detection of retrieval heads', () => {
  const record = detection([retrievedRun(0, true), retrievedRun(1, false), retrievedRun(2, true)]);

  it('gives copy counts, capped counts and every other score, of the runs that count', () => {
    const tables = retrievalTables(record);
    expect(tables.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'copy behaviour',
      'capped behaviour',
      'locos behaviour',
    ]);
    expect([...(tables[0]?.values ?? [])]).toEqual(heads.map((head) => head / 4 + 1));
    expect(tables[0]?.runs).toEqual({ values: heads.map((head) => [head / 4, head / 4 + 2]), names: ['a', 'c'] });
    expect(tables[1]?.values[7]).toBe(1);
    // One run has the score: nothing says how it spreads.
    expect([tables[2]?.runs?.names, tables[2]?.intervals]).toEqual([['a'], null]);
  });

  it('comes back from its LOCOS envelope', () => {
    const text = writeLocos(retrievalEnvelope(record, 'copy'));
    const { tables, mismatches } = importScores({ files: [fileOf(text)], expected: model });
    const [copy, capped] = retrievalTables(record);
    expect(mismatches).toEqual([]);
    expect(tables.map(({ values }) => values)).toEqual([copy?.values, capped?.values]);
    expect(tables[0]?.runs).toEqual(copy?.runs);
  });

  it('has what was measured once for all runs, with its interval', () => {
    const measured = { ...summaryOf(0.25), n: 32, active: 0.5 };
    const [score] = record.header.scores;
    const header = { ...record.header, scores: score === undefined ? [] : [{ ...score, id: 'keyValue' }] };
    const withOnce = {
      ...record,
      header,
      heads: record.heads.map((head) => ({ ...head, scores: { keyValue: measured } })),
    };
    const table = retrievalTables(withOnce)[2];
    expect([...(table?.values ?? [])]).toEqual(heads.map(() => 0.25));
    expect([...(table?.intervals?.subarray(0, 2) ?? [])]).toEqual(measured.interval.map(Math.fround));
    const { tables } = importScores({
      files: [fileOf(writeLocos(retrievalEnvelope(withOnce, 'keyValue')))],
      expected: model,
    });
    expect(tables[0]?.values).toEqual(table?.values);
    // A detection that was cancelled before it: unknown.
    expect(retrievalTables({ ...withOnce, heads: record.heads })[2]?.values[0]).toBeNaN();
  });

  it('without a run that counts has a file with an empty list for each head', () => {
    const none = detection([retrievedRun(0, false)]);
    const text = writeLocos(retrievalEnvelope(none, 'copy'));
    const { tables, notes } = importScores({ files: [fileOf(text)], expected: model });
    expect([...(tables[0]?.values ?? [])]).toEqual(heads.map(() => NaN));
    expect(notes).toContain('no run is in the file: none passed the gate of the tool that wrote it');
    expect(retrievalTables(none)[0]?.values).toEqual(new Float32Array(8).fill(NaN));
  });
});

describe('how far KV heads look back', () => {
  const record = streaming;

  it('is a table for each measure, unknown where a run was cancelled, and what RazorAttention keeps', () => {
    const tables = streamingTables(record);
    expect(tables.map(({ id, unit }) => `${id} ${unit}`)).toEqual(
      ['echo', 'induction', 'prior', 'keep'].map((id) => `${id} kv-group`),
    );
    expect([...(tables[0]?.values ?? [])]).toEqual([NaN, NaN, 0.5, NaN]);
    expect([...(tables[3]?.values ?? [])]).toEqual([0, 0, 1, 0]);
    expect(streamingTables({ ...record, keep: null })).toHaveLength(3);
  });

  it("goes out as RazorAttention's list without being asked which table", () => {
    const { files } = writeTables('razor', streamingTables(record), about, {});
    expect(JSON.parse(textOf(files, 'retrieval_heads.json'))).toEqual({ 1: [0] });
  });
});

describe('the plan among several tables', () => {
  it('is what lists are written from, of the unit that they list, unless another is asked for', () => {
    const all = [scores, effects, keptHeads, keptGroups];
    const removed = (choice: object) =>
      JSON.parse(textOf(writeTables('hf-heads', all, about, choice).files, 'pruned_heads.json')) as unknown;
    expect(removed({})).toEqual({ 0: [1, 2] });
    expect(removed({ metric: 'ablation.zero.logitDifference', remove: 1 })).toEqual({ 1: [3] });
    expect(() => removed({ remove: 1 })).toThrow(/several tables/);
  });
});

describe('scores', () => {
  it('of weights and of prompts are tables alike; what writes is not called behaviour', () => {
    const values = { a: summaryOf(0.5), b: { ...summaryOf(3), n: 1 } };
    const header = {
      shape: { layers: 2, heads: 4 },
      scores: [
        { id: 'a', title: 'A', unit: 'share' },
        { id: 'b', title: 'B', unit: 'norm' },
      ],
    };
    const [a, b] = scoresTables({ header, heads: [{ layer: 1, head: 2, values }] });
    expect([a?.kind, b?.kind]).toEqual(['behaviour', 'write']);
    expect([...(a?.values ?? [])]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN, 0.5, NaN]);
    expect([...(a?.intervals?.subarray(12, 14) ?? [])]).toEqual(summaryOf(0.5).interval.map(Math.fround));
    expect(b?.intervals?.[12]).toBeNaN();
  });
});
