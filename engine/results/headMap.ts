/** The call that says which heads are alike: similarities, neighbours and two planes. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { float32, modelIdentity, onModel, progress, uint32 } from './records.ts';
import { scoresRequest } from './scores.ts';

const count = z.int().min(0);

/** What heads are compared by; engine/scores/weights/SPEC.md has the rules. */
const headFeature = z.enum(['pattern', 'write', 'scores']);

export const headMapRequest = z.strictObject({
  ...onModel,
  feature: headFeature,
  prompts: scoresRequest.shape.prompts,
  /** Of each head, in the list and in UMAP. */
  neighbours: z.int().min(2).max(200),
  /** UMAP's: how close points may lie. */
  minDistance: z.number().min(0).max(1),
  /** Of sampled queries and of UMAP. */
  seed: z.int(),
});

export const headMapEvent = progress;

export const headMapResult = z.strictObject({
  model: modelIdentity,
  feature: headFeature,
  layers: count,
  heads: count,
  prompts: z.strictObject({ dataset: z.string(), n: count, tokens: count }),
  /** [n, n] with n = layers x heads, head h of layer l at l * heads + h; cosines, -1 to 1. */
  similarity: float32,
  /** Neighbours of each head. */
  k: count,
  /** [n, k], the most similar first. */
  neighbours: uint32,
  neighbourSimilarity: float32,
  /** [n, 2] */
  pca: float32,
  /** Share of the variance along each axis of `pca`. */
  explained: z.tuple([z.number(), z.number()]).readonly(),
  /** [n, 2]; null where there are too few heads for the neighbours that were asked for. */
  umap: float32.nullable(),
  seconds: z.number(),
});
export type HeadMapResult = Plain<z.infer<typeof headMapResult>>;
