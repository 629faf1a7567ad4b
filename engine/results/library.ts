/** Which models there are on this machine. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';

const bytes = z.number().min(0);

const listedModel = z.strictObject({
  /** What `info` and `open` take. */
  path: z.string(),
  name: z.string(),
  format: z.enum(['safetensors', 'gguf']),
  bytes,
  /** When the file was last changed, ISO 8601. */
  changed: z.string(),
});
export type ListedModel = Plain<z.infer<typeof listedModel>>;

const modelSource = z.strictObject({
  id: z.enum(['bundled', 'recent', 'folder', 'hub', 'lmStudio']),
  title: z.string(),
  /** Where it looks; null for a list of ours. */
  path: z.string().nullable(),
  models: z.array(listedModel).readonly(),
  /** Why it could not be read in full, or null: a folder that is not there is not an error for hub and LM Studio. */
  problem: z.string().nullable(),
});
export type ModelSourceInfo = Plain<z.infer<typeof modelSource>>;

export const libraryRequest = z.strictObject({});
export const libraryResult = z.strictObject({ sources: z.array(modelSource).readonly() });

/** Adds or removes a folder whose models are listed and may be opened. */
export const foldersRequest = z.strictObject({
  add: z.string().min(1).exactOptional(),
  remove: z.string().exactOptional(),
});
export const foldersResult = z.strictObject({ folders: z.array(z.string()).readonly() });
