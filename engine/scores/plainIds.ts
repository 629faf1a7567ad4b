import type { TaskTokenizer } from '../tasks/task.ts';
import { plainText } from '../tasks/text/index.ts';
import type { Random } from '../tensor/random.ts';

/** Stories one after the other, cut at so many tokens, after the beginning-of-sequence id where there is one. */
export function plainIds(tokenizer: TaskTokenizer, random: Random, length: number): number[] {
  const ids = tokenizer.bosId === null ? [] : [tokenizer.bosId];
  while (ids.length < length) {
    const story = tokenizer.encode(`${plainText(random, 'story')}\n\n`);
    ids.push(...story);
  }
  return ids.slice(0, length);
}
