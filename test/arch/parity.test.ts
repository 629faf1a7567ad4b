/** Every family against Hugging Face, at every site of every layer, through the runtime that ships. */
import { describe, expect, it } from 'vitest';
import { architectures } from '../../engine/arch/index.ts';
import { parityOf } from '../../engine/arch/parity.ts';
import type { GoldenComparison } from '../../fixtures/make/parity/compareGolden.ts';
import { compareGolden } from '../../fixtures/make/parity/compareGolden.ts';
import { familyParity } from '../../fixtures/make/parity/familyParity.ts';
import { goldenFolders, goldenPath } from './golden.ts';

// The stated bound for tiny fixtures; most are within 5e-5.
const TOLERANCE = 1e-4;
// Another processor sums in another order.
const LEEWAY = 2;

const compared = new Map<string, Promise<GoldenComparison>>();

function comparisonOf(folder: string): Promise<GoldenComparison> {
  const known = compared.get(folder) ?? compareGolden(goldenPath(folder));
  compared.set(folder, known);
  return known;
}

describe('every golden fixture', () => {
  it.each(goldenFolders)('%s has the reference values at every site', async (folder) => {
    const { differences } = await comparisonOf(folder);
    const worst = differences.filter(({ difference }) => !(difference <= TOLERANCE)).slice(0, 3);
    expect(worst.map(({ name, difference }) => `${name}: ${difference}`)).toEqual([]);
    expect(differences.length).toBeGreaterThan(10);
  });
});

describe('the recorded parity of families', () => {
  it('is true of every family that has fixtures, and of no other', async () => {
    const comparisons: GoldenComparison[] = [];
    for (const folder of goldenFolders) comparisons.push(await comparisonOf(folder));
    const measured = familyParity(comparisons);
    for (const { id } of architectures) {
      const [recorded, now] = [parityOf(id), measured.get(id) ?? null];
      expect([id, recorded?.fixtures, recorded?.reference]).toEqual([id, now?.fixtures, now?.reference]);
      const [stated, found] = [recorded?.worst ?? 0, now?.worst ?? 0];
      expect(found, `${id}: run npm run make:parity`).toBeLessThanOrEqual(LEEWAY * stated);
      expect(stated, id).toBeLessThanOrEqual(TOLERANCE);
    }
  }, 60_000);

  it('counts a difference that is no number as the worst of all', () => {
    const [name, reference] = ['q.0', 'transformers'];
    const folder = (difference: number): GoldenComparison => ({
      ...{ architecture: 'llama', reference },
      differences: [{ site: 'q', name, difference }],
    });
    expect(familyParity([folder(1), folder(NaN), folder(2)]).get('llama')?.worst).toBeNaN();
    expect(familyParity([folder(1), folder(2), folder(0)]).get('llama')).toEqual({
      ...{ worst: 2, site: 'q', fixtures: 3, reference },
    });
  });
});
