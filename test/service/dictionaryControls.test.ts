import { describe, expect, it } from 'vitest';
import { DictionaryControls } from '../../engine/service/calls/dictionaryControls.ts';
import { rowsInMemory } from '../../sae/training/batches.ts';
import { job } from '../sae/jobs.ts';
import { plantedRows } from '../sae/plantedRows.ts';

const sample = plantedRows(200, 12, 20, 0.1, 1);
const source = rowsInMemory(sample, 40, 7);
const on = { model: null, text: null };

describe('controls beside dictionaries that train', () => {
  it('are made once for a number of active features, and forgotten when it has passed', async () => {
    const controls = new DictionaryControls({ ids: ['randomDirections', 'pca'], source, sample, on });
    const one = job('standard');
    const first = await controls.beside(one, 5);
    expect((await controls.beside(one, 5.2)).get('pca')).toBe(first.get('pca'));
    await controls.beside(one, 4);
    controls.dropUnused();
    // Both were asked for since the beginning.
    expect((await controls.beside(one, 5)).get('pca')).toBe(first.get('pca'));
    controls.dropUnused();
    await controls.beside(one, 4);
    controls.dropUnused();
    const again = await controls.beside(one, 5);
    expect(again.get('pca')).not.toBe(first.get('pca'));
    expect(again).toEqual(first);
  });
});
