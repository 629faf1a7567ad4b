/** Which passkey text each step of a training sees, and the held-out ones that its gates are measured on. */
import type { TaskTokenizer } from '../../tasks/task.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { DuoSettings } from './duoSettings.ts';
import { scaledPasskeys } from './duoSettings.ts';
import type { PasskeyText } from './passkeyText.ts';
import { passkeyText } from './passkeyText.ts';

type TextSettings = Pick<DuoSettings, 'lengths' | 'passkeys' | 'seed'>;

/** No step has a number as high. */
const HELD_OUT = 2 ** 31;
/** Lengths are multiples of it, as in the reference implementation. */
const MULTIPLE = 16;

/** The text of a step (0-based): length, passkeys and places drawn from seed and step alone. */
export function trainingText(tokenizer: TaskTokenizer, settings: TextSettings, step: number): PasskeyText {
  return drawnText(tokenizer, settings, step);
}

/** A text that no step sees. */
export function heldOutText(tokenizer: TaskTokenizer, settings: TextSettings, index: number): PasskeyText {
  return drawnText(tokenizer, settings, HELD_OUT + index);
}

/** Throws Fault for texts longer than the model's context. */
export function requireLengths({ from, to }: DuoSettings['lengths'], context: number): void {
  if (from > to) {
    throw new Fault({ what: 'lengths of texts', expected: 'the shortest first', got: `${from} to ${to}` });
  }
  if (to <= context) return;
  throw new Fault({ what: 'texts longer than the context', expected: `at most ${context} tokens`, got: String(to) });
}

/** Every text has a seed of its own: whole numbers end at 2^53. */
function drawnText(tokenizer: TaskTokenizer, { lengths, passkeys, seed }: TextSettings, number: number): PasskeyText {
  const random = seededRandom(seed * 2 ** 32 + number);
  const length = lengthOf(lengths, random.below(lengths.count));
  return passkeyText({ tokenizer, random, length, ...(passkeys ?? scaledPasskeys(length)) });
}

/** The i-th of `count` lengths evenly from the shortest to the longest. */
function lengthOf({ from, to, count }: DuoSettings['lengths'], i: number): number {
  const exact = count === 1 ? from : from + ((to - from) * i) / (count - 1);
  return Math.max(MULTIPLE, Math.floor(exact / MULTIPLE) * MULTIPLE);
}
