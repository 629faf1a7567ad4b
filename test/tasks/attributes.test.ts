import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../engine/tasks/attributes.ts';
import { ioi } from '../../engine/tasks/ioi.ts';
import { greaterThan } from '../../engine/tasks/greaterThan.ts';
import { changed, namesOf, withFewNames } from '../../engine/tasks/ioiAttributes.ts';
import { induction } from '../../engine/tasks/induction.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { wordTokenizer } from './wordTokenizer.ts';

const tokenizer = wordTokenizer();
const request = (n: number) => ({ n, random: seededRandom(3), tokenizer, vocabulary: 1e6 });
const text = (id: number) => tokenizer.decode([id]).trim();

describe('attributes of prompts', () => {
  it('of IOI: both names, the order, and the template', () => {
    const { prompts } = ioi.generate(request(40));
    const attributes = attributesOf(prompts, text);
    expect(attributes.map(({ name }) => name)).toEqual(['IO name', 'S name', 'order', 'template']);
    const value = (attribute: number, i: number) => {
      const { values, of } = attributes[attribute] as (typeof attributes)[number];
      return values[of[i] as number];
    };
    prompts.forEach((prompt, i) => {
      expect(value(0, i)).toBe(text(prompt.answers[0] as number));
      expect(value(1, i)).toBe(text(prompt.wrong[0] as number));
      const words = prompt.text?.split(/\W+/) ?? [];
      const isFirst = words.indexOf(value(0, i) as string) < words.indexOf(value(1, i) as string);
      expect(value(2, i)).toBe(isFirst ? 'ABB' : 'BAB');
      expect(prompt.text?.startsWith((value(3, i) as string).split(' ')[0] as string)).toBe(true);
      expect(value(3, i)).not.toContain(value(0, i));
    });
    expect(attributes[3]?.values.length).toBeLessThan(20);
  });

  it.each([1, 2, 3] as const)('of greater-than, years of %i digits a token: the decade of the start year', (digits) => {
    const years = wordTokenizer({ digits });
    const { prompts } = greaterThan.generate({ ...request(20), tokenizer: years });
    const decade = attributesOf(prompts, (id) => years.decode([id]).trim()).find(({ name }) => name === 'decade');
    prompts.forEach((prompt, i) => {
      const start = /year \d\d(\d)/.exec(prompt.text ?? '');
      expect(decade?.values[decade.of[i] as number]).toBe(`${start?.[1]}0s`);
    });
  });

  it('are none of tasks without any', () => {
    expect(
      attributesOf(induction.generate({ ...request(3), tokenizer: null, vocabulary: 100 }).prompts, String),
    ).toEqual([]);
    expect(attributesOf([], text)).toEqual([]);
  });
});

describe('IOI prompts with one attribute changed', () => {
  const { prompts: all } = ioi.generate(request(60));
  const { prompts, names } = withFewNames(all, 5, seededRandom(1));
  const differing = (one: Prompt, other: Prompt) => one.ids.flatMap((id, i) => (id === other.ids[i] ? [] : [i]));

  it('are about few people, whose names stand where names stood', () => {
    expect(names).toHaveLength(5);
    prompts.forEach((prompt, i) => {
      const { indirectObject, subject } = namesOf(prompt);
      expect(names).toContain(indirectObject);
      expect(names).toContain(subject);
      expect(indirectObject).not.toBe(subject);
      expect([prompt.answers, prompt.wrong]).toEqual([[indirectObject], [subject]]);
      const { indirectObject: io, subject1, subject2 } = prompt.positions;
      for (const place of differing(prompt, all[i] as Prompt)) expect([io, subject1, subject2]).toContain(place);
    });
  });

  it('differ in that attribute and in nothing else', () => {
    const random = seededRandom(2);
    for (const prompt of prompts) {
      const [before, { indirectObject: io, subject1, subject2 }] = [namesOf(prompt), prompt.positions];
      const otherName = changed(prompt, 'IO name', names, random);
      expect(differing(prompt, otherName)).toEqual([io]);
      expect([before.indirectObject, before.subject]).not.toContain(namesOf(otherName).indirectObject);
      const otherSubject = changed(prompt, 'S name', names, random);
      expect(differing(prompt, otherSubject)).toEqual([subject1, subject2].sort((a, b) => (a ?? 0) - (b ?? 0)));
      expect(namesOf(otherSubject).indirectObject).toBe(before.indirectObject);
      const turned = changed(prompt, 'order', names, random);
      expect(namesOf(turned)).toEqual(before);
      expect(differing(prompt, turned)).toEqual([io, subject1].sort((a, b) => (a ?? 0) - (b ?? 0)));
      expect(changed(turned, 'order', names, random).ids).toEqual(prompt.ids);
    }
  });
});
