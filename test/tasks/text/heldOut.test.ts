import { describe, expect, it } from 'vitest';
import { heldOut, trained } from '../../../engine/tasks/text/index.ts';
import { wordsOf } from '../../../engine/tasks/text/heldOut.ts';
import * as words from '../../../engine/tasks/words.ts';

const { argumentNames, countableNouns, descriptionWords, firstNames, functionNames, objects, places, spans } = words;
const lists = { firstNames, places, objects, spans, argumentNames, descriptionWords, functionNames };

describe('held-out words', () => {
  it.each(Object.entries(lists))('are a small part of %s, every tenth word among them', (_, list) => {
    expect([...heldOut(list), ...trained(list)].sort()).toEqual([...list].sort());
    for (let i = 9; i < list.length; i += 10) expect(heldOut(list)).toContain(list[i]);
    expect(heldOut(list).length / list.length).toBeGreaterThan(0.08);
    expect(heldOut(list).length / list.length).toBeLessThan(0.2);
  });

  it('are held out of every list that they are in', () => {
    const all = Object.values(lists).flat();
    const held = new Set(Object.values(lists).flatMap(heldOut));
    expect(
      Object.values(lists)
        .flatMap(trained)
        .filter((word) => held.has(word)),
    ).toEqual([]);
    expect(new Set(all.filter((word) => held.has(word)))).toEqual(held);
  });

  it('include a noun with its plural, and women and men', () => {
    for (const [singular, plural] of wordsOf('heldOut', countableNouns)) {
      expect(heldOut([singular, plural])).toEqual([singular, plural]);
    }
    expect(heldOut(words.femaleNames).length).toBeGreaterThan(2);
    expect(heldOut(words.maleNames).length).toBeGreaterThan(2);
  });
});
