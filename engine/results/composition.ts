/** The call that says how much later heads read of what earlier ones write, from weights. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { float32, modelIdentity, modelShape, onModel, progress } from './records.ts';

const count = z.int().min(0);

export const compositionRequest = z.strictObject({ ...onModel });

const compositionHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  /** Root mean square of two matrices that are turned at random: 1 / sqrt(D). */
  random: z.number(),
  conventions: z.array(z.string()).readonly(),
});
export type CompositionHeader = Plain<z.infer<typeof compositionHeader>>;

/** What the heads of a layer read. */
const compositionLayer = z.strictObject({
  kind: z.literal('layer'),
  layer: z.int().min(1),
  /** Heads of all earlier layers, layer by layer. */
  writers: count,
  /** [reading head, writer], 0 to 1, as queries, keys and values. */
  q: float32,
  k: float32,
  v: float32,
});
export type CompositionLayer = Plain<z.infer<typeof compositionLayer>>;

export const compositionEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: compositionHeader }),
  compositionLayer,
]);
export const compositionResult = z.strictObject({ seconds: z.number() });
