/** What the metadata of `features.safetensors` says, under the key `headscope-features`, as JSON. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';

const count = z.int().min(0);

export const featuresFile = z.strictObject({
  version: z.literal(1),
  /** When the dictionary was made that they are of: those of another one are not its own. */
  dictionary: z.string(),
  features: z.int().min(1),
  model: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  /** Of a layer of that model. */
  heads: z.int().min(1),
  text: z.strictObject({
    /** `stories`, files, or a task. */
    source: z.string(),
    windows: count,
    /** Of the longest window. */
    length: count,
    rows: count,
    tokenIdsSha256: z.string(),
  }),
  seed: z.int(),
  /** Of the logit effects; null where there are none. */
  logits: z.strictObject({ top: count, note: z.string() }).nullable(),
  /** Names that contexts come from. */
  sources: z.array(z.string()).readonly(),
  /** Of dictionaries with several rows a token: `L1H3`, by row; empty elsewhere. */
  parts: z.array(z.string()).readonly(),
});
export type FeaturesFile = Plain<z.infer<typeof featuresFile>>;

/** Printable tokens by id. */
export const tokenTexts = z.record(z.string().regex(/^\d{1,9}$/, 'a token'), z.string()).readonly();
