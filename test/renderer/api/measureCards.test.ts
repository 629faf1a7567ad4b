/** Every measure that a run of this program can give has a card without a gap. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HeadMeasure } from '../../../renderer/api/headMeasure.ts';
import { measureKinds } from '../../../renderer/api/measureKinds.ts';
import { specOfRule } from '../../../renderer/api/measureRules.ts';
import { measuresOfRun } from '../../../renderer/api/measuresOfRun.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { cardLines } from '../../../renderer/views/heads/cardLines.ts';
import { captionOf } from '../../../renderer/views/heads/captionOf.ts';
import { criteria } from '../../../engine/prune/criteria/index.ts';
import { scores } from '../../../engine/scores/index.ts';
import { retrievalScores } from '../../../engine/scores/retrieval/index.ts';
import { weightScoreList } from '../../../engine/scores/weights/list.ts';
import { everyRun } from './everyMeasure.ts';

const all: readonly HeadMeasure[] = everyRun().flatMap((rows, i) => {
  const table = rows.reduce<RunTable | null>(foldRow, null);
  return table === null ? [] : measuresOfRun(`run${i}`, table);
});

/** What the sections of a specification begin with: `S4`, `P8 wifv, P9` */
function rulesOf(path: string): string {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^## |^- \*\*[A-Z]\d/.test(line))
    .join('\n');
}

describe('cards', () => {
  it('are there for every score, criterion, effect and estimate', () => {
    const others = 2 + 1 + 3 + 1;
    const effects = 6 * 2 + 4 * 2;
    const scored = scores.length + weightScoreList.length + retrievalScores.length;
    expect(all).toHaveLength(effects + scored + others + 2 * criteria.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it.each(all.map((measure) => [`${measure.rule} ${measure.title}`, measure] as const))('%s', (_name, measure) => {
    expect(measure.about.length).toBeGreaterThan(20);
    expect(measure.family).not.toBe('other');
    const lines = new Map(cardLines(measure));
    for (const name of ['formula', 'unit', 'range', 'on', 'intervals', 'source', 'rule']) {
      expect(lines.get(name)?.trim(), name).toBeTruthy();
    }
    expect(lines.get('formula')?.length).toBeGreaterThan(10);
    // A paper, or why there is none.
    expect(lines.get('source')).toMatch(/\b(19|20)\d\d\b|\d{4}\.\d{5}|^control/);
    const spec = specOfRule(measure.rule);
    expect(rulesOf(spec ?? '')).toMatch(new RegExp(`\\b${measure.rule}\\b`));
  });

  it('call nothing importance but what was measured by removal on a text, and what estimates that', () => {
    for (const measure of all) {
      const words = `${measureKinds[measure.kind].claim} ${captionOf(measure)}`;
      if (measure.family === 'importance')
        expect(words).toMatch(
          /^(Importance: measured|Estimate of importance).*(Importance, measured|Estimate of importance)/,
        );
      else if (measure.call === 'scores') expect(words).toMatch(/[Nn]ot importance|matters|Direct part/);
      else expect(measureKinds[measure.kind].name).not.toContain('importance');
    }
  });
});
