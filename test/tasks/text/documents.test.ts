/** Every kind of document: its pieces, which of them are determined and by what, and which words it may use. */
import { describe, expect, it } from 'vitest';
import { docstring } from '../../../engine/tasks/docstring.ts';
import { textOf } from '../../../engine/tasks/text/document.ts';
import type { Document, Piece } from '../../../engine/tasks/text/document.ts';
import type { TextGenerator } from '../../../engine/tasks/text/generator.ts';
import { textGenerators, textKinds } from '../../../engine/tasks/text/generators.ts';
import type { TextKind } from '../../../engine/tasks/text/generators.ts';
import { heldOut, plainText, trained } from '../../../engine/tasks/text/index.ts';
import type { WordSet } from '../../../engine/tasks/text/index.ts';
import { greaterThan } from '../../../engine/tasks/greaterThan.ts';
import { needle } from '../../../engine/tasks/needle.ts';
import { pieceEncoder } from '../../../engine/tasks/text/pieceEncoder.ts';
import { days, letters, months, numberWords } from '../../../engine/tasks/text/sequences.ts';
import * as words from '../../../engine/tasks/words.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { tinyTokenizer } from './tinyTokenizer.ts';

const vocabulary = 2048;
const encode = pieceEncoder(tinyTokenizer);
const tokensOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { text }) => sum + encode(text).length, 0);

function documents(kind: TextKind, set: WordSet = 'trained', n = 200, room = 300): Document[] {
  const random = seededRandom(3);
  const generator: TextGenerator = textGenerators[kind];
  const request = { random, words: set, room, tokensOf, vocabulary, bosId: 0 };
  return Array.from({ length: n }, () => generator.generate(request));
}

function texts(kind: TextKind, set: WordSet = 'trained', n = 200, room = 300): (readonly Piece[])[] {
  return documents(kind, set, n, room).flatMap((document) => ('pieces' in document ? [document.pieces] : []));
}

/** Words of undetermined text before the piece, and the determined words. */
const wordsIn = (text: string): string[] => text.match(/[A-Za-z]+/g) ?? [];
const answersOf = (pieces: readonly Piece[]): string[] =>
  pieces.filter((piece) => piece.determined).map(({ text }) => text.trim());

const textual = textKinds.filter((kind) => kind !== 'repeatedTokens');

describe.each(textual)('a document of the kind %s', (kind) => {
  it('is encoded as its pieces are', () => {
    for (const pieces of [...texts(kind), ...texts(kind, 'heldOut')]) {
      expect(tinyTokenizer.encode(textOf(pieces))).toEqual(pieces.flatMap(({ text }) => encode(text)));
    }
  });

  it('has determined pieces in most documents, and others in all', () => {
    const all = texts(kind);
    expect(all.filter((pieces) => pieces.some((piece) => piece.determined)).length).toBeGreaterThan(150);
    expect(all.every((pieces) => pieces.some((piece) => !piece.determined))).toBe(true);
  });

  it('is the same for the same seed', () => {
    expect(plainText(seededRandom(5), kind)).toBe(plainText(seededRandom(5), kind));
    expect(plainText(seededRandom(5), kind)).not.toBe(plainText(seededRandom(6), kind));
  });
});

describe('words that are held out', () => {
  const own: readonly (readonly [TextKind, readonly (readonly string[])[]])[] = [
    ['ioi', [words.firstNames, words.places, words.objects]],
    ['greaterThan', [words.spans]],
    ['keyValue', [words.firstNames, words.objects, words.places]],
    ['docstring', [words.argumentNames, words.descriptionWords, words.functionNames]],
    ['pronoun', [words.firstNames]],
    ['agreement', [words.countableNouns.flat()]],
  ];

  it.each(own)('occur in no document of the kind %s, and only they do in held-out ones', (kind, lists) => {
    const held = new Set(lists.flatMap(heldOut));
    const others = new Set(lists.flatMap(trained));
    // Words of the sentences themselves are no slots.
    const slots = (set: WordSet) => texts(kind, set).flatMap((pieces) => pieces.map(({ text }) => text.trim()));
    expect(slots('trained').filter((word) => held.has(word))).toEqual([]);
    expect(slots('heldOut').filter((word) => others.has(word))).toEqual([]);
    expect(slots('heldOut').filter((word) => held.has(word)).length).toBeGreaterThan(150);
  });

  it('are neither owners nor words of the facts of needle passages', () => {
    const facts = (set: WordSet) =>
      texts('needle', set).flatMap((pieces) =>
        [
          ...textOf(pieces).matchAll(
            /(?:secret word|code word|password|hidden name) (?:of|for)(?: the)? (\w+) is ([\w ]+)/g,
          ),
        ].flatMap(([, owner = '', answer = '']) => [owner, ...answer.split(' ')]),
      );
    expect(facts('trained').length).toBeGreaterThan(500);
    expect(heldOut(facts('trained'))).toEqual([]);
    expect(trained(facts('heldOut'))).toEqual([]);
  });

  it('are all said by stories', () => {
    const said = new Set(texts('story', 'trained', 4000).flatMap((pieces) => wordsIn(textOf(pieces))));
    const lists = [
      words.firstNames,
      words.places,
      words.objects,
      words.spans,
      words.argumentNames,
      words.descriptionWords,
    ];
    expect(lists.flatMap(heldOut).filter((word) => !said.has(word))).toEqual([]);
  });
});

describe('what is determined', () => {
  it('ioi: the person who was named once', () => {
    const names = new Set(words.firstNames);
    for (const pieces of texts('ioi')) {
      const at = pieces.findIndex((piece) => piece.determined);
      const said = pieces
        .slice(0, at)
        .map(({ text }) => text.trim())
        .filter((word) => names.has(word));
      expect(said).toHaveLength(3);
      expect(said.filter((name) => name === pieces[at]?.text.trim())).toHaveLength(1);
      expect(new Set(said).size).toBe(2);
    }
    const first = texts('ioi').map((pieces) => pieces.map(({ text }) => text.trim()).filter((word) => names.has(word)));
    const isAbba = first.filter(([one, , actor]) => one !== actor).length;
    expect(Math.abs(isAbba / first.length - 0.5)).toBeLessThan(0.15);
  });

  it('greaterThan: the century again, and a later year', () => {
    for (const pieces of texts('greaterThan')) {
      const [from = '', to = ''] = textOf(pieces).match(/\d{4}/g) ?? [];
      expect(from.slice(0, 2)).toBe(to.slice(0, 2));
      expect(Number(to)).toBeGreaterThan(Number(from));
      expect(answersOf(pieces)).toEqual([to.slice(0, 2), to.slice(2)]);
    }
  });

  it('keyValue: the value that stood beside the key before', () => {
    const known = new Set([...words.firstNames, ...words.objects, ...words.places]);
    for (const pieces of texts('keyValue')) {
      const pairs = new Map<string, string>();
      const said = pieces.filter(({ text }) => known.has(text.trim()));
      for (let i = 0; i < said.length; i += 2) {
        const [key = '', value] = [said[i]?.text, said[i + 1]?.text];
        if (said[i + 1]?.determined === true) expect(value).toBe(pairs.get(key));
        else pairs.set(key, value ?? '');
      }
      expect(pairs.size).toBeGreaterThan(1);
    }
  });

  it('docstring: the argument that follows the last documented one', () => {
    for (const pieces of texts('docstring')) {
      const defined = (/\(([^)]*)\)/.exec(textOf(pieces))?.[1] ?? '').split(', ').filter((name) => name !== 'self');
      const answers = answersOf(pieces);
      const from = defined.indexOf(answers[0] ?? '');
      expect(from).toBeGreaterThan(0);
      expect(answers).toEqual(defined.slice(from, from + answers.length));
    }
  });

  it('needle: what the fact about the owner said, to the end of the sentence', () => {
    for (const pieces of texts('needle')) {
      const text = textOf(pieces);
      const answers = pieces.flatMap((piece) => (piece.determined ? [piece.text] : [])).join('');
      for (const answer of answers.split('.').filter((words) => words !== '')) {
        expect(text.indexOf(` is${answer}.`)).toBeGreaterThan(0);
      }
      expect(answers.endsWith('.')).toBe(true);
      expect(tokensOf(pieces)).toBeLessThanOrEqual(300);
    }
  });

  it('needle: half of the passages fill the room', () => {
    const lengths = texts('needle', 'trained', 200, 500).map(tokensOf);
    expect(lengths.filter((length) => length > 485).length).toBeGreaterThan(90);
    expect(lengths.filter((length) => length < 300).length).toBeGreaterThan(30);
  });

  it('pronoun: the one that goes with the name', () => {
    const female = new Set(words.femaleNames);
    for (const pieces of texts('pronoun')) {
      const name = pieces.map(({ text }) => text.trim()).find((word) => words.firstNames.includes(word));
      const wanted = female.has(name ?? '') ? ['she', 'her'] : ['he', 'his', 'him'];
      for (const answer of answersOf(pieces)) expect(wanted).toContain(answer);
    }
  });

  it('agreement: a verb in the number of the subject', () => {
    const plurals = new Set(words.countableNouns.map(([, plural]) => plural));
    const nouns = new Set(words.countableNouns.flat());
    for (const pieces of texts('agreement')) {
      const [subject = ''] = pieces.map(({ text }) => text.trim()).filter((word) => nouns.has(word));
      for (const verb of answersOf(pieces)) expect(['are', 'were'].includes(verb)).toBe(plurals.has(subject));
    }
  });

  it('list: the neighbours of the first name, in one direction', () => {
    const sequences = [numberWords, days, months, letters];
    for (const pieces of texts('list')) {
      const names = pieces.map(({ text }) => text.trim()).filter((word) => sequences.flat().includes(word));
      const sequence = sequences.find((all) => names.every((name) => all.includes(name))) ?? [];
      const steps = names.slice(1).map((name, i) => sequence.indexOf(name) - sequence.indexOf(names[i] ?? ''));
      const around = steps.map((step) => (Math.abs(step) === 1 ? step : -Math.sign(step)));
      expect(new Set(around).size).toBe(1);
      expect(answersOf(pieces)).toEqual(names.slice(1));
    }
  });

  it('repeatedText: all but the first word of the later copies', () => {
    for (const pieces of texts('repeatedText')) {
      const [all, flags] = [pieces.slice(1).map(({ text }) => text), pieces.slice(1).map((piece) => piece.determined)];
      const lengths = [all.length / 2, all.length / 3].filter((length) => Number.isInteger(length));
      const length = lengths.find((n) => all.every((text, i) => text === all[i % n])) ?? 0;
      expect(length).toBeGreaterThan(0);
      expect(flags.slice(length).every((flag, i) => flag === i % length > 0)).toBe(true);
    }
  });

  it('story: pronouns, and what was said before', () => {
    for (const pieces of texts('story')) {
      pieces.forEach(({ text, determined }, i) => {
        if (!determined || ['he', 'she', 'his', 'her'].includes(text.trim())) return;
        expect(pieces.slice(0, i).map((piece) => piece.text)).toContain(text);
      });
    }
  });

  it('repeatedTokens: copies of a span that stands before them', () => {
    const all = documents('repeatedTokens', 'trained', 200, 200);
    const pools = all.map((document) => {
      const runs = 'runs' in document ? document.runs : [];
      const ids: number[] = [];
      for (const run of runs) {
        if (run.determined) expect(` ${ids.join(' ')} `).toContain(` ${[ids.at(-1), ...run.ids].join(' ')} `);
        ids.push(...run.ids);
      }
      expect(runs.some((run) => run.determined)).toBe(true);
      expect(ids.length).toBeLessThanOrEqual(200);
      expect(ids.every((id) => id > 0 && id < vocabulary)).toBe(true);
      return new Set(ids).size;
    });
    expect(Math.min(...pools)).toBeLessThan(17);
    expect(Math.max(...pools)).toBeGreaterThan(80);
  });
});

describe('the wording of the tasks', () => {
  const request = { n: 32, random: seededRandom(0), tokenizer: tinyTokenizer, vocabulary };

  it('is that of the documents', () => {
    const shape = (text: string) => text.replace(/\b(?!year|the|to|The|lasted|from)\w+\b/g, '_');
    const lasted = new Set(texts('greaterThan').map((pieces) => shape(textOf(pieces).slice(0, -3))));
    for (const { text } of greaterThan.generate(request).prompts) expect(lasted).toContain(shape(text ?? ''));
    const facts =
      /(The \w+(?: \w+)? (?:of|for)(?: the)?) \w+ is \w+\.|(Question: what is the \w+(?: \w+)? (?:of|for)(?: the)?) \w+\? Answer:/g;
    const phrases = (text: string) => [...text.matchAll(facts)].map(([, fact, question]) => fact ?? question);
    const said = new Set(texts('needle').flatMap((pieces) => phrases(textOf(pieces))));
    for (const { text } of needle.generate(request).prompts) {
      expect(phrases(text ?? '')).toHaveLength(2);
      for (const phrase of phrases(text ?? '')) expect(said).toContain(phrase);
    }
    const marks = (text: string) => text.replace(/\w+/g, '_');
    const documented = texts('docstring', 'trained', 1000).map((pieces) => marks(textOf(pieces)));
    for (const { text } of docstring.generate(request).prompts.slice(0, 3)) {
      expect(documented.some((document) => document.startsWith(marks(text ?? '')))).toBe(true);
    }
  });
});
