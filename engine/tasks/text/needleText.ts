import type { Random } from '../../tensor/random.ts';
import { argumentNames, descriptionWords, objects } from '../words.ts';
import { determined, said } from './document.ts';
import type { Piece } from './document.ts';
import { drawSentence } from './drawSentence.ts';
import { fillTemplate } from './fillTemplate.ts';
import type { DocumentRequest, TextGenerator } from './generator.ts';
import { wordsOf } from './heldOut.ts';
import type { WordSet } from './heldOut.ts';
import { factOf, needleOpening, needleWordings, questionOf } from './needleWordings.ts';
import type { NeedleWording } from './needleWordings.ts';

/** Words that facts say. */
const secrets: readonly string[] = [...new Set([...descriptionWords, ...objects, ...argumentNames])];

/** The wording of the task more often than the others. */
const questions: readonly ((wording: NeedleWording) => string)[] = [
  questionOf,
  questionOf,
  ({ subject }) => `What is ${subject}? It is`,
  ({ subject }) => `Note that ${subject} is`,
  ({ subject }) => `Q: ${subject}? A:`,
];

const opening = said(needleOpening);

interface Fact {
  readonly wording: NeedleWording;
  readonly owner: string;
  readonly answer: readonly string[];
}

/** A fact somewhere in plain sentences, and a question for it at the end. */
export const needleText: TextGenerator = {
  about: 'filler with one to five facts and one or two questions: the answers are determined',
  least: 60,
  generate(request) {
    const { random, room, words } = request;
    const wording = random.pick(needleWordings);
    const facts = drawFacts(random, words, wording);
    const asked = facts.slice(0, 1 + random.below(2));
    const ending = asked.flatMap((fact) => asking(random, fact));
    const statements = facts.map(stating);
    const used = request.tokensOf([opening, ...statements.flat(), ...ending]);
    // Half of the passages fill all there is.
    const target = random.below(2) === 0 ? room : needleText.least + random.below(room - needleText.least + 1);
    const filler = fillerOf(request, target - used);
    return { pieces: [opening, ...mixed(random, filler, statements).flat(), ...ending] };
  },
};

/** Different owners, one wording; the first is asked for. */
function drawFacts(random: Random, words: WordSet, wording: NeedleWording): Fact[] {
  const count = random.below(2) === 0 ? 1 : 2 + random.below(3);
  const owners = random.shuffled(wordsOf(words, wording.owners)).slice(0, count);
  const answers = random.shuffled(wordsOf(words, secrets));
  const lengths = [1, 1, 1, 2, 3, 4];
  return owners.map((owner) => ({ wording, owner, answer: answers.splice(0, random.pick(lengths)) }));
}

function stating({ wording, owner, answer }: Fact): Piece[] {
  return [...fillTemplate(` ${factOf(wording)}`, { owner }), ...answer.map((word) => said(` ${word}`)), said('.')];
}

function asking(random: Random, { wording, owner, answer }: Fact): Piece[] {
  const question = fillTemplate(` ${random.pick(questions)(wording)}`, { owner });
  return [...question, ...answer.map((word) => determined(` ${word}`)), determined('.')];
}

/** Sentences of at most so many tokens together. */
function fillerOf({ random, tokensOf }: DocumentRequest, tokens: number): Piece[][] {
  const filler: Piece[][] = [];
  for (let left = tokens, misses = 0; misses < 5;) {
    const sentence = drawSentence(random, { first: false }).map(({ text }) => said(text));
    const length = tokensOf(sentence);
    if (length > left) misses++;
    else {
      filler.push(sentence);
      left -= length;
    }
  }
  return filler;
}

function mixed(random: Random, filler: readonly Piece[][], facts: readonly Piece[][]): Piece[][] {
  const passage = [...filler];
  for (const fact of facts) passage.splice(random.below(passage.length + 1), 0, fact);
  return passage;
}
