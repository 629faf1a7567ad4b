/** The call that downloads a model. Imports terms only. */
import * as z from 'zod';
import { progress } from './records.ts';

export const pullRequest = z.strictObject({
  /** `owner/name`. */
  repository: z.string(),
  /** Branch, tag or commit. Default: main. */
  revision: z.string().exactOptional(),
  /** Only these files. Default: what opening the model needs. */
  files: z.array(z.string()).readonly().exactOptional(),
});
export const pullEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('file'), file: z.string(), bytes: z.number() }),
]);
export const pullResult = z.strictObject({
  /** Folder to open. */
  folder: z.string(),
  files: z.array(z.string()).readonly(),
});
