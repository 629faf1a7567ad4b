/** Files of other tools as measures: laid on the heads of the model, marked as what they are, listed while their model is. */
import { describe, expect, it } from 'vitest';
import type { HeadTable } from '../../../engine/results/importedScores.ts';
import { createHeadMeasures } from '../../../renderer/api/headMeasures.ts';
import type { ModelHeads } from '../../../renderer/api/importedMeasures.ts';
import { importedMeasures } from '../../../renderer/api/importedMeasures.ts';
import type { RunStore } from '../../../renderer/api/runStore.ts';
import { importedId, isImportedId } from '../../../renderer/state/importedId.ts';
import { createSelection } from '../../../renderer/state/selection.ts';
import { currentView } from '../../../renderer/state/viewState.ts';
import { createWorkspace } from '../../../renderer/state/workspace.ts';
import { quantityOf, isSameQuantity } from '../../../renderer/views/heads/otherMeasure.ts';
import { measureOf } from './headsSample.ts';

const shape = { layers: 2, heads: 4, kvHeads: 2 } as ModelHeads['shape'];
const even = [4, 4].map((heads) => ({ heads, kvHeads: 2 })) as unknown as ModelHeads['perLayer'];
const model: ModelHeads = { shape, perLayer: even };

function tableOf(change: Partial<HeadTable>): HeadTable {
  return {
    ...{ id: 'score', title: 'Retrieval score', kind: 'behaviour', unit: 'head', direction: 'higher_keeps' },
    ...{ measure: null, perLayer: [4, 4], intervals: null, settings: null, labels: null, runs: null },
    values: Float32Array.from([0, 0.5, 1, 0, 0, 0, NaN, 1.5]),
    ...change,
  };
}

function measured(table: HeadTable, of: ModelHeads = model) {
  const read = { format: 'wu', title: 'Wu ({...})', model: null, tables: [table], notes: [], mismatches: [] };
  const [measure] = importedMeasures({ id: importedId(1), name: 'head_score.json', read }, of);
  if (measure === undefined) throw new Error('no measure');
  return measure;
}

describe('an imported table', () => {
  it('is marked with its form and file, and says what it is', () => {
    const runs = { values: tableOf({}).perLayer.map(() => [1, 2, 3]), names: null };
    const measure = measured(tableOf({ runs }));
    expect(measure).toMatchObject({ call: 'imported', run: 'imported-1', id: 'imported-1/score', n: 3, of: 'head' });
    expect(measure.title).toBe('Imported: Retrieval score');
    expect(measure.short).toBe('score, imported 1');
    expect(measure.about).toBe('a score of behaviour, from head_score.json (Wu); mean of 3 runs');
    expect(quantityOf(measure)).toBe(measure.title);
    const title = 'logitDifference(edited) - logitDifference(clean), mean over prompts';
    const effect = measured(tableOf({ id: 'ablation.zero.logitDifference', title }));
    expect([effect.title, effect.short, effect.formula]).toEqual([
      'Imported: ablation.zero.logitDifference',
      'zero.logitDifference, imported 1',
      title,
    ]);
  });

  it('keeps unknown heads unknown, and has ends only where every number lies between them', () => {
    const above = measured(tableOf({}));
    expect([...above.values]).toEqual([0, 0.5, 1, 0, 0, 0, NaN, 1.5]);
    expect([above.range, above.signed]).toEqual([null, false]);
    expect(measured(tableOf({ values: new Float32Array(8).fill(0.5) })).range).toEqual([0, 1]);
    const effect = tableOf({
      kind: 'causal',
      measure: 'nats',
      values: Float32Array.from({ length: 8 }, (_, i) => i - 3),
    });
    expect(measured(effect)).toMatchObject({ unit: 'nats', range: null, signed: true, direction: null });
  });

  it('gives each head the number of its KV group', () => {
    const gates = tableOf({ unit: 'kv-group', perLayer: [2, 2], values: Float32Array.of(0.1, 0.2, 0.3, 0.4) });
    const expected = Float32Array.of(0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4);
    expect(measured(gates)).toMatchObject({ of: 'kv-group', values: expected });
  });

  it('leaves out places of layers that have fewer heads', () => {
    const uneven = { shape, perLayer: [even[0], { heads: 2, kvHeads: 1 }] } as ModelHeads;
    const table = tableOf({ perLayer: [4, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect([...measured(table, uneven).values]).toEqual([1, 2, 3, 4, 5, 6, NaN, NaN]);
  });

  it('has the intervals that the file has', () => {
    const intervals = Float32Array.from({ length: 16 }, (_, end) => end);
    const { low, high } = measured(tableOf({ intervals }));
    expect([low[1], high[1], low[7], high[7]]).toEqual([2, 3, 14, 15]);
  });

  it('is never taken for an effect measured here', () => {
    const causal = measured(tableOf({ kind: 'causal', measure: 'logits', values: new Float32Array(8).fill(-1) }));
    expect(isSameQuantity(measureOf([-1]), { ...causal, dataset: 'ioi' })).toBe(false);
  });
});

describe('the list of measures', () => {
  const asked: string[] = [];
  const runs = { subscribe: (id: string) => (asked.push(id), () => undefined), get: () => ({ version: 7 }) };
  const store = runs as unknown as RunStore;
  const now = (act: () => void) => (act(), () => undefined);

  it('has what was imported while its model is looked at, and asks no run for it', () => {
    const measures = createHeadMeasures(store, now);
    const [added] = measures.addImported('f', (id) => [{ ...measured(tableOf({})), id: `${id}/score`, run: id }]);
    expect(measures.list()).toEqual([]);
    measures.setModel({ path: '/m', name: 'm', fingerprint: 'f' });
    expect(measures.find('imported-1/score')).toBe(added);
    measures.subscribe(() => undefined, 'imported-1/score');
    expect(asked).toEqual([]);
    measures.setModel({ path: '/n', name: 'n', fingerprint: 'g' });
    expect(measures.list()).toEqual([]);
    measures.setModel({ path: '/m', name: 'm', fingerprint: 'f' });
    measures.removeImported('imported-1');
    expect(measures.list()).toEqual([]);
  });

  it('is no part of a view: the file is gone when the view is opened again', () => {
    const workspace = createWorkspace();
    workspace.set({ measure: 'imported-1/score', second: 'run/effect' });
    expect(currentView(workspace, createSelection())).toMatchObject({ measure: null, second: 'run/effect' });
    expect([isImportedId('imported-2/score'), isImportedId('2026-ablate/effect'), isImportedId(null)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
