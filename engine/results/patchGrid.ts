/** The call that patches one run into another, cell by cell. Imports terms only. */
import * as z from 'zod';
import { measuredHeader, measuredPrompts } from './measured.ts';
import type { Plain } from './records.ts';
import { metricId, onModel, progress, summary } from './records.ts';
import { headRef } from './units.ts';

const count = z.int().min(0);

/** What a cell replaces: a stream at a position, all of a head's output, or one head's output at a position. */
const patchTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('positions'), site: z.enum(['residPre', 'attnOut', 'mlpOut', 'residPost']) }),
  z.strictObject({ kind: z.literal('heads') }),
  z.strictObject({ kind: z.literal('headPositions'), head: headRef }),
]);
export type PatchTarget = Plain<z.infer<typeof patchTarget>>;

const patchDirection = z.enum(['cleanIntoCorrupt', 'corruptIntoClean']);

export const patchGridRequest = z.strictObject({
  ...onModel,
  /** Every prompt needs a corrupt one of its own length. */
  prompts: measuredPrompts,
  target: patchTarget,
  direction: patchDirection,
  metric: metricId.exactOptional(),
  seed: z.int(),
  /** As in `ablate`. */
  done: z.int().min(0).exactOptional(),
  unitsPerRun: z.int().min(1).exactOptional(),
});

const patchHeader = z.strictObject({
  ...measuredHeader,
  unitsPerRun: z.int().min(1),
  target: patchTarget,
  direction: patchDirection,
  /** Columns of the grid: positions (negative where they count from the end, for prompts of unequal length) or heads. */
  columns: z.array(z.int()).readonly(),
  /** Token text of each position column where all prompts agree or there is one prompt; null otherwise. */
  labels: z.array(z.string().nullable()).readonly().nullable(),
});
export type PatchHeader = Plain<z.infer<typeof patchHeader>>;

const patchedCell = z.strictObject({
  kind: z.literal('cell'),
  layer: count,
  /** Index into `columns`. */
  column: count,
  /** Patched minus unpatched metric. */
  effect: summary,
  /** (patched - unpatched) / (source - unpatched), over prompts where source and unpatched differ; null where none do. */
  recovery: summary.nullable(),
});
export type PatchedCell = Plain<z.infer<typeof patchedCell>>;

export const patchGridEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: patchHeader }),
  /** Metric of the clean and of the corrupt run, unpatched. */
  z.strictObject({ kind: z.literal('ends'), clean: summary, corrupt: summary }),
  patchedCell,
]);
export const patchGridResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });
