/** The logit lens: what each layer's stream would predict (nostalgebraist 2020). Imports terms only. */
import * as z from 'zod';
import { edits, float32, onModel, promptInput, tokenIds, uint32 } from './records.ts';

const count = z.int().min(0);

export const lensRequest = z.strictObject({
  ...onModel,
  prompt: promptInput,
  edits: edits.exactOptional(),
  /** Tokens whose probability is wanted at every layer and position. */
  targets: tokenIds.exactOptional(),
  top: z.int().min(1).max(50),
  /** Positions to read; all where omitted. */
  positions: z.array(count).min(1).readonly().exactOptional(),
});
export const lensEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('start'), ids: tokenIds, tokens: z.array(z.string()).readonly().nullable() }),
  z.strictObject({
    kind: z.literal('layer'),
    /** -1 is the embedding, before the first block. */
    layer: z.int().min(-1),
    positions: count,
    top: count,
    /** [positions, top], most likely first. */
    ids: uint32,
    probabilities: float32,
    /** Printable forms of the distinct ids above. */
    texts: z.record(z.string(), z.string()).readonly(),
    /** [positions], nats. */
    entropy: float32,
    /** [positions, targets] */
    targetProbabilities: float32,
    targetRanks: uint32,
  }),
]);
export const lensResult = z.strictObject({ seconds: z.number() });
