/** Plain sentences of an exact number of tokens together. */
import { continuation } from './layout.ts';
import type { TaskTokenizer } from './task.ts';
import { textOf } from './text/document.ts';
import { drawSentence } from './text/drawSentence.ts';
import { needleOpening } from './text/needleWordings.ts';
import type { Random } from '../tensor/random.ts';

export interface Sentence {
  /** With the space before it. */
  readonly text: string;
  readonly tokens: number;
}

export interface FillerSource {
  readonly sentences: readonly Sentence[];
  /** Can sentences have so many tokens together? Grows with what is asked. */
  readonly reachable: boolean[];
}

/** Sentences to draw from, with their lengths by this tokenizer: several times as many as `tokens` need. */
export function fillerSource(tokenizer: TaskTokenizer, random: Random, tokens: number): FillerSource {
  const texts = Array.from({ length: Math.max(300, Math.ceil(tokens / 3)) }, () =>
    textOf(drawSentence(random, { first: false })),
  );
  const sentences = texts.flatMap((text) => {
    const ids = continuation(tokenizer, needleOpening, text);
    return ids === null ? [] : [{ text, tokens: ids.length }];
  });
  return { sentences, reachable: [true] };
}

/** Different sentences of exactly so many tokens in a random order, or null where none are found. */
export function drawFiller({ sentences, reachable }: FillerSource, random: Random, tokens: number): Sentence[] | null {
  if (tokens < 0) return null;
  const lengths = [...new Set(sentences.map((sentence) => sentence.tokens))];
  for (let n = reachable.length; n <= tokens; n++)
    reachable[n] = lengths.some((length) => reachable[n - length] === true);
  if (reachable[tokens] !== true) return null;
  const filler = new Set<Sentence>();
  for (let left = tokens; left > 0;) {
    const fitting = sentences.filter((one) => reachable[left - one.tokens] === true && !filler.has(one));
    if (fitting.length === 0) return null;
    const sentence = random.pick(fitting);
    filler.add(sentence);
    left -= sentence.tokens;
  }
  return [...filler];
}
