/** The call that says which programs can run a model without some of its heads. Imports terms only. */
import * as z from 'zod';
import { headRef } from './units.ts';

export const pruneLegalityRequest = z.strictObject({
  model: z.string().min(1),
  heads: z.array(headRef).max(100_000).readonly(),
});

/** Which programs can run what stays, in words; none of them is tried. */
const legality = z.strictObject({ target: z.string(), ok: z.boolean(), reason: z.string() });
export const legalities = z.array(legality).readonly();

export const pruneLegalityResult = z.strictObject({ legal: legalities });
