/** A prompt that is typed: a text, or ids where the model has no tokenizer. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import { Fault } from '../../../engine/terms/fault.ts';

type Input = RequestOf<'tokens'>['input'];

/** Null for nothing typed. Throws a Fault for what is no list of ids where one must be. */
export function ownPrompt(text: string, hasTokenizer: boolean): Input | null {
  if (text.trim() === '') return null;
  if (hasTokenizer) return { text };
  const words = text.trim().split(/[\s,]+/);
  const wrong = words.find((word) => !/^\d{1,9}$/.test(word));
  if (wrong === undefined) return { ids: words.map(Number) };
  throw new Fault({
    what: 'not a token id',
    where: 'prompt',
    expected: 'whole numbers, for this model has no tokenizer',
    got: wrong.slice(0, 40),
  });
}
