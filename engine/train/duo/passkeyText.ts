/**
 * The text that gates are trained on: passkeys of spelling words at random depths of plain sentences, each asked for in turn
 * at the end (after Xiao et al. 2024, section 2.3, with wording and filler of our own). Only questions and answers count in
 * the loss, and to answer, a head must see far back.
 */
import type { TaskTokenizer } from '../../tasks/task.ts';
import { textOf } from '../../tasks/text/document.ts';
import { drawSentence } from '../../tasks/text/drawSentence.ts';
import { pieceEncoder } from '../../tasks/text/pieceEncoder.ts';
import type { Random } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { LabelledText } from './twoStreams.ts';

/** The spelling alphabet of NATO. */
const spellingWords: readonly string[] = [
  ...['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliett', 'kilo', 'lima'],
  ...['mike', 'november', 'oscar', 'papa', 'quebec', 'romeo', 'sierra', 'tango', 'uniform', 'victor', 'whiskey'],
  ...['xray', 'yankee', 'zulu'],
];
const ordinals: readonly string[] = [
  ...['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'],
];

/** Places where a passkey may stand: this many points, evenly over this part of the filler. */
const DEPTHS = 1000;
const [SHALLOWEST, DEEPEST] = [0.05, 0.95];

export interface PasskeyRequest {
  readonly tokenizer: TaskTokenizer;
  readonly random: Random;
  /** Tokens of the whole text. */
  readonly length: number;
  /** Passkeys, at most ten, and words in each. */
  readonly count: number;
  readonly words: number;
}

export interface PasskeyText extends LabelledText {
  /** Token ranges [from, to) of the answers. */
  readonly answers: readonly (readonly [from: number, to: number])[];
}

/** Throws Fault where facts and questions alone are longer than the text. */
export function passkeyText(request: PasskeyRequest): PasskeyText {
  const { tokenizer, random, length } = request;
  const encode = pieceEncoder(tokenizer);
  const opening = [...(tokenizer.bosId === null ? [] : [tokenizer.bosId]), ...encode('This is a long story.')];
  const closing = encode('\n\nThe story ends here.\n\n');
  const passkeys = ordinals.slice(0, request.count).map((ordinal) => passkeyOf(request, ordinal));
  const said = passkeys.reduce((sum, { fact, question, answer, end }) => {
    return sum + fact.length + question.length + answer.length + end.length;
  }, 0);
  const room = length - opening.length - closing.length - said;
  if (room < passkeys.length) throw tooShort(request, length - room + passkeys.length);
  const filler = fillerOf(request, room);
  const story = withFacts(
    random,
    filler,
    passkeys.map(({ fact }) => fact),
  );
  return questioned([...opening, ...story, ...closing], passkeys);
}

/** Ids of what is said of one passkey, and of what is asked. */
interface Passkey {
  readonly fact: readonly number[];
  readonly question: readonly number[];
  readonly answer: readonly number[];
  readonly end: readonly number[];
}

function passkeyOf({ tokenizer, random, words }: PasskeyRequest, ordinal: string): Passkey {
  const encode = pieceEncoder(tokenizer);
  const drawn = Array.from({ length: words }, () => ` ${random.pick(spellingWords)}`);
  const answer = drawn.flatMap((word) => encode(word));
  const before = encode(`\n\nRemember these words: the ${ordinal} passkey is`);
  return {
    fact: [...before, ...answer, ...encode('.\n\n')],
    question: encode(`What is the ${ordinal} passkey? The ${ordinal} passkey is`),
    answer,
    end: encode('.\n\n'),
  };
}

function tooShort({ count, words, length }: PasskeyRequest, least: number): Fault {
  return new Fault({
    what: `a text too short for ${count} passkeys of ${words} words`,
    where: 'passkey text',
    expected: `at least ${least} tokens`,
    got: String(length),
  });
}

/** Plain sentences, cut at so many tokens. */
function fillerOf({ tokenizer, random }: PasskeyRequest, tokens: number): number[] {
  const encode = pieceEncoder(tokenizer);
  const filler: number[] = [];
  while (filler.length < tokens) {
    const sentence = textOf(drawSentence(random, { first: false }));
    const ids = encode(sentence);
    if (ids.length === 0) throw new Fault({ what: 'the tokenizer has no token for plain text', got: sentence });
    filler.push(...ids);
  }
  return filler.slice(0, tokens);
}

/** Different depths for the facts, in their order. */
function withFacts(random: Random, filler: readonly number[], facts: readonly (readonly number[])[]): number[] {
  const points = random
    .shuffled(Array.from({ length: DEPTHS }, (_, i) => i))
    .slice(0, facts.length)
    .sort((a, b) => a - b);
  const places = points.map((point) => {
    const depth = SHALLOWEST + ((DEEPEST - SHALLOWEST) * point) / (DEPTHS - 1);
    return Math.floor(depth * filler.length);
  });
  const parts = facts.map((fact, i) => [...filler.slice(places[i - 1] ?? 0, places[i]), ...fact]);
  return [...parts.flat(), ...filler.slice(places.at(-1) ?? 0)];
}

/** Every question with its answer, after the story; they count, the story does not. */
function questioned(story: readonly number[], passkeys: readonly Passkey[]): PasskeyText {
  const ids = [...story];
  const answers: (readonly [number, number])[] = [];
  for (const { question, answer, end } of passkeys) {
    ids.push(...question);
    answers.push([ids.length, ids.length + answer.length]);
    ids.push(...answer, ...end);
  }
  return { ids, labels: new Float32Array(ids.length).fill(1, story.length), answers };
}
