/** Calls about the workbench itself: what goes on, head sets, diagnostics. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { modelIdentity, modelShape } from './records.ts';
import { runSummary } from './runs.ts';
import { headRef } from './units.ts';

const bytes = z.number().min(0);

/** The one model in memory. */
const resident = z.strictObject({ path: z.string(), model: modelIdentity, shape: modelShape });
export type Resident = Plain<z.infer<typeof resident>>;

export const statusRequest = z.strictObject({});
/** What a compute process holds: at once, and whenever it changes. Bytes of its whole memory, in steps of more than 1 %. */
export const statusEvent = z.strictObject({
  kind: z.literal('status'),
  resident: resident.nullable(),
  memory: bytes,
});
export const statusResult = z.strictObject({});

const notice = z.strictObject({
  time: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
});
export type Notice = Plain<z.infer<typeof notice>>;

export const watchRequest = z.strictObject({});
/** A snapshot first, then what changes. */
export const watchEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('snapshot'),
    /** Folder of the project; its name is shown. */
    project: z.string(),
    version: z.string(),
    resident: resident.nullable(),
    /** Bytes that the compute process holds; null while there is none. */
    memory: bytes.nullable(),
    jobs: z.array(runSummary).readonly(),
    notices: z.array(notice).readonly(),
  }),
  z.strictObject({ kind: z.literal('job'), job: runSummary }),
  /** A model was opened (or none is open any more), and why the one before was let go. */
  z.strictObject({ kind: z.literal('resident'), resident: resident.nullable(), memory: bytes.nullable() }),
  z.strictObject({ kind: z.literal('memory'), memory: bytes.nullable() }),
  z.strictObject({ kind: z.literal('notice'), notice }),
  /** The list of runs on disk changed. */
  z.strictObject({ kind: z.literal('runs') }),
  z.strictObject({ kind: z.literal('headSets') }),
]);
export const watchResult = z.strictObject({});

/** A named selection of heads, a file in the project. */
export const headSet = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(200),
  /** The model that it was made on. */
  model: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  heads: z.array(headRef).readonly(),
  note: z.string().max(100_000),
  created: z.string(),
});
export type HeadSet = Plain<z.infer<typeof headSet>>;

export const headSetsResult = z.strictObject({ sets: z.array(headSet).readonly() });
/** Saves (a set of the same name is replaced) or deletes one. */
export const headSetRequest = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('save'), set: headSet }),
  z.strictObject({ action: z.literal('delete'), name: z.string() }),
]);

/** Versions, machine and last errors, as text to paste. Holds no prompts. */
export const diagnosticsResult = z.strictObject({ text: z.string() });
