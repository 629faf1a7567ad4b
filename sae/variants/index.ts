/** Every kind of dictionary that can be trained; a new one is a file of this folder and a line here. */
import { Fault } from '../../engine/terms/fault.ts';
import { batchTopK } from './batchTopK.ts';
import { discrete } from './discrete.ts';
import { gated } from './gated.ts';
import { jumpReLU } from './jumpReLU.ts';
import { matchingPursuit } from './matchingPursuit.ts';
import { matryoshka } from './matryoshka.ts';
import { standard } from './standard.ts';
import { topK } from './topK.ts';
import { topOne } from './topOne.ts';
import type { Variant } from './variant.ts';
import { vectorQuantised } from './vectorQuantised.ts';

export const variants: readonly Variant[] = [
  standard,
  gated,
  topK,
  batchTopK,
  jumpReLU,
  matryoshka,
  matchingPursuit,
  discrete,
  vectorQuantised,
  topOne,
];

/** Throws Fault for an id that no variant has. */
export function variantOf(id: string): Variant {
  const found = variants.find((variant) => variant.id === id);
  if (found !== undefined) return found;
  throw new Fault({ what: 'unknown variant', expected: variants.map((variant) => variant.id).join(', '), got: id });
}
