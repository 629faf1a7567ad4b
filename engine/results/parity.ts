/** The open model in ONNX Runtime against its own graphs evaluated in float64, site by site. Imports terms only. */
import * as z from 'zod';
import { modelIdentity, onModel, progress, promptInput, siteId, tokenIds } from './records.ts';
import type { Plain } from './records.ts';

const count = z.int().min(0);
const finite = z.number().min(0);

export const parityRequest = z.strictObject({
  ...onModel,
  /** A few tokens at most: the reference is slow. Four fixed random ones where omitted. */
  prompt: promptInput.exactOptional(),
});

const parityPlace = z.strictObject({
  site: siteId,
  /** Null for a site of the model. */
  layer: count.nullable(),
  /** Largest absolute difference. */
  difference: finite,
  /** Largest absolute value of the reference. */
  magnitude: finite,
  /** The largest difference that counts as agreement. */
  bound: finite,
});
/** How far two computations of one site are apart. */
export type ParityPlace = Plain<z.infer<typeof parityPlace>>;

export const parityEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('start'), model: modelIdentity, ids: tokenIds }),
  /** Every site of one block, in the order of the forward pass; at the end those of the model. */
  z.strictObject({ kind: z.literal('places'), places: z.array(parityPlace).readonly() }),
  progress,
]);
export const parityResult = z.strictObject({
  verdict: z.enum(['agrees', 'differs']),
  /** The largest difference relative to the magnitude of its site. */
  worst: parityPlace,
  /** Where the difference is over its bound, in the order of the forward pass. */
  over: z.array(parityPlace).readonly(),
  tokens: count,
  seconds: z.number(),
});

/** Difference as a share of the site's largest magnitude: what sites of different scale have in common. */
export function relativeDifference({ difference, magnitude }: ParityPlace): number {
  return difference === 0 ? 0 : difference / magnitude;
}

/** The place of each site where it is relatively farthest off, in the order in which sites first come. */
export function worstOfSites(places: readonly ParityPlace[]): readonly ParityPlace[] {
  const worst = new Map<string, ParityPlace>();
  for (const place of places) {
    const known = worst.get(place.site);
    if (known === undefined || relativeDifference(place) > relativeDifference(known)) worst.set(place.site, place);
  }
  return [...worst.values()];
}
