import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scores } from '../../engine/scores/index.ts';
import { patternTags, tagRules } from '../../engine/scores/patternTags.ts';
import { summarise } from '../../engine/tasks/statistics.ts';

const values = (means: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(means).map(([id, mean]) => [id, summarise([mean, mean], 0)]));

describe('patternTags', () => {
  it('gives what holds in the order of the rules, each with its evidence', () => {
    const found = patternTags(values({ relativeEntropy: 0.9, induction: 0.5, firstToken: 0.81, previousToken: 0.1 }));
    expect(found).toEqual([
      { tag: 'sink', score: 'firstToken', above: 0.8, value: 0.81 },
      { tag: 'induction', score: 'induction', above: 0.4, value: 0.5 },
      { tag: 'diffuse', score: 'relativeEntropy', above: 0.8, value: 0.9 },
    ]);
  });

  it('gives none at a threshold, and none whose score was not read', () => {
    expect(patternTags(values({ firstToken: 0.8, localMass: 0.8 }))).toEqual([]);
    expect(patternTags({})).toEqual([]);
  });

  it('rests on scores that there are, by the thresholds of SPEC.md', () => {
    const spec = readFileSync('engine/scores/SPEC.md', 'utf8');
    for (const { tag, score, above } of tagRules) {
      const rule = scores.find(({ id }) => id === score)?.rule;
      expect(spec).toContain(`| ${tag} | ${rule} ${score} | ${above} |`);
    }
  });
});
