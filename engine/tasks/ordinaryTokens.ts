/** Tokens that prompts of random tokens are made of. */
import { Fault } from '../terms/fault.ts';
import type { TaskRequest, TaskTokenizer } from './task.ts';

/** Ids tried: enough to draw from, whatever the vocabulary's size. */
const most = 4096;

export interface OrdinaryTokens {
  readonly ids: readonly number[];
  /** How many ids of the vocabulary were looked at. */
  readonly tried: number;
}

/** In a random order; a model without a tokenizer has its whole vocabulary. */
export function ordinaryTokens({
  random,
  tokenizer,
  vocabulary,
}: Pick<TaskRequest, 'random' | 'tokenizer' | 'vocabulary'>): OrdinaryTokens {
  const candidates = random.shuffled([...Array(vocabulary).keys()]).slice(0, most);
  return { ids: candidates.filter((id) => isOrdinary(tokenizer, id)), tried: candidates.length };
}

/** A word or a part of one, in letters: so neither special, nor a byte, nor white space, nor a row without a token. */
function isOrdinary(tokenizer: TaskTokenizer | null, id: number): boolean {
  if (tokenizer === null) return true;
  return id !== tokenizer.bosId && /^ ?\p{L}[\p{L}\p{M}]*$/u.test(textOf(tokenizer, id));
}

// Embeddings are often padded beyond the tokenizer's last id.
function textOf(tokenizer: TaskTokenizer, id: number): string {
  try {
    return tokenizer.decode([id]);
  } catch (error) {
    if (error instanceof Fault) return '';
    throw error;
  }
}

/** `count` different items in a random order; there are at least as many. */
export function distinct(items: readonly number[], count: number, below: (bound: number) => number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(below(items.length));
  return [...chosen].map((index) => items[index] as number);
}
