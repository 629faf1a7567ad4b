/** Every family against Hugging Face, at every site of every layer, through the runtime that ships. */
import { describe, expect, it } from 'vitest';
import { goldenDifferences, goldenFolders } from './golden.ts';

// The stated bound for tiny fixtures; most are within 5e-5.
const TOLERANCE = 1e-4;

describe('every golden fixture', () => {
  it.each(goldenFolders)('%s has the reference values at every site', async (folder) => {
    const differences = await goldenDifferences(folder);
    const worst = differences.filter(({ difference }) => !(difference <= TOLERANCE)).slice(0, 3);
    expect(worst.map(({ name, difference }) => `${name}: ${difference}`)).toEqual([]);
    expect(differences.length).toBeGreaterThan(10);
  });
});
