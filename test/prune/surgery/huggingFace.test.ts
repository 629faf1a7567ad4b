/** Folders pruned here and loaded by transformers (fixtures/make/prunedLogits.py) give the masked model's logits. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../../engine/run/index.ts';
import type { Edit } from '../../../engine/terms/edits.ts';
import { zeroEdits } from '../../../engine/prune/curve/zeroEdits.ts';
import type { PrunedCase } from '../../../fixtures/make/pruned/cases.ts';
import { idsOf, madeUpMeans, prunedCases, writeCase } from '../../../fixtures/make/pruned/cases.ts';
import { temporaryFolder } from '../../files/temporary.ts';

const out = temporaryFolder();
const known = JSON.parse(readFileSync('fixtures/pruned/logits.json', 'utf8')) as readonly {
  readonly name: string;
  readonly sha256: string;
  readonly logits: readonly number[];
}[];

/** Removed heads zeroed, or held at their mean where a bias takes its place. */
function maskOf(
  { removed, compensated }: PrunedCase,
  shape: { layers: number; heads: number; headWidth: number },
): Edit[] {
  if (!compensated) return zeroEdits(removed);
  const [data = new Float32Array(0)] = madeUpMeans(shape.layers, shape.heads, shape.headWidth);
  const value = { axes: 'N H', shape: [shape.heads, shape.headWidth], data };
  return [...removed].map(([layer, heads]) => ({
    site: 'z',
    layers: [layer],
    heads,
    operation: { kind: 'mean', value },
  }));
}

describe('pruned folders in transformers', () => {
  it('are those that are listed', () => {
    expect(known.map(({ name }) => name)).toEqual(prunedCases.map(({ name }) => name));
  });

  it.each(prunedCases)('$name: the same weights, and the logits of the masked model', async (one) => {
    const reference = known.find(({ name }) => name === one.name);
    const { sha256 } = await writeCase('fixtures', out, one);
    expect(sha256).toBe(reference?.sha256);
    const model = await openModel(join('fixtures', one.source));
    const { shape } = model.family;
    const { logits } = await model.forward({
      ...{ ids: [idsOf(shape.vocabulary)], edits: maskOf(one, shape), logits: 'last' },
    });
    await model.dispose();
    const largest = Math.max(
      ...(reference?.logits ?? []).map((value, i) => Math.abs(value - (logits?.data[i] ?? NaN))),
    );
    expect(largest).toBeLessThan(1e-4);
  });
});
