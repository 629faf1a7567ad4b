/** Does a response hold the answer? */
import { porterStem } from './porterStem.ts';

/**
 * ROUGE-1 recall with stemming (Lin 2004): the share of the answer's words that the response has, each as often as it has them.
 * Words are runs of letters and digits of any script, in lower case; those of more than three letters are stemmed. 0 for an
 * answer without words.
 */
export function rougeRecall(answer: string, response: string): number {
  const wanted = stemsOf(answer);
  return wanted.length === 0 ? 0 : shared(wanted, stemsOf(response)) / wanted.length;
}

/** F1 of the words, as SQuAD counts it (Rajpurkar et al. 2016): without articles, not stemmed. 0 where either has no words. */
export function answerF1(answer: string, response: string): number {
  const [wanted, said] = [bareWords(answer), bareWords(response)];
  const same = shared(wanted, said);
  return same === 0 ? 0 : (2 * same) / (wanted.length + said.length);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function stemsOf(text: string): string[] {
  return wordsOf(text).map((word) => (word.length > 3 ? porterStem(word) : word));
}

function bareWords(text: string): string[] {
  return wordsOf(text).filter((word) => !['a', 'an', 'the'].includes(word));
}

/** Size of the intersection of two bags. */
function shared(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of b) left.set(word, (left.get(word) ?? 0) + 1);
  let same = 0;
  for (const word of a) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    same++;
  }
  return same;
}
