/** Files of other tools that say something of each head, read for the head matrix. Imports terms only. */
import * as z from 'zod';
import { metricFamilies } from '../terms/metricFamilies.ts';
import type { Plain } from './records.ts';
import { float32, uint8 } from './records.ts';

const count = z.int().min(0);

/** A metric's family; budget is how much a unit may hold, selection is a plan: 1 stays, 0 goes. */
export const tableKind = z.enum([...metricFamilies, 'budget', 'selection']);
export type TableKind = z.infer<typeof tableKind>;

/** One number for each head, or for each group that shares keys and values. */
const headTable = z.strictObject({
  /** What the numbers are, within their file: `score`, `alpha`, the id of a metric. */
  id: z.string(),
  title: z.string(),
  kind: tableKind,
  unit: z.enum(['head', 'kv-group']),
  /** Which end of the scale belongs to units worth keeping; null where neither does. */
  direction: z.enum(['higher_keeps', 'lower_keeps']).nullable(),
  /** Unit of the numbers, where the file says it: `nats`. */
  measure: z.string().nullable(),
  /** Units in each layer. */
  perLayer: z.array(count).readonly(),
  /** Layer by layer; NaN where the file says nothing of a unit, which is not 0. */
  values: float32,
  /** 95 %: low and high of each unit in turn. */
  intervals: float32.nullable(),
  /** What the numbers hold for, by name: `sink_size`, `recent_size`. */
  settings: z.record(z.string(), z.number()).readonly().nullable(),
  /** A word for each unit: `vertical_and_slash`. */
  labels: z.array(z.string()).readonly().nullable(),
  /** What the values are the means of: one list for each unit, and a name for each place in a list where there are names. */
  runs: z
    .strictObject({
      values: z.array(z.array(z.number()).readonly()).readonly(),
      names: z.array(z.string()).readonly().nullable(),
    })
    .nullable(),
});
export type HeadTable = Plain<z.infer<typeof headTable>>;

/** The model that a file has to fit, and how the file is laid on it. */
const expectedModel = z.strictObject({
  name: z.string(),
  fingerprint: z.string().exactOptional(),
  perLayer: z.array(z.strictObject({ heads: count, kvHeads: count })).readonly(),
  /** Number of the first layer and head in files that list heads by number; 0 where omitted. */
  countsFrom: z.literal([0, 1]).exactOptional(),
});
export type ExpectedModel = Plain<z.infer<typeof expectedModel>>;

/** A file, or one of a folder's: the name is the path within the folder then, with `/`. */
const namedFile = z.strictObject({ name: z.string().min(1).max(1000), data: uint8 });
export type NamedFile = Plain<z.infer<typeof namedFile>>;

export const importScoresRequest = z.strictObject({
  /** The file, or the files of one folder. */
  files: z.array(namedFile).min(1).max(20_000).readonly(),
  /** What the file has to fit; without it only the file itself is checked. */
  expected: expectedModel.exactOptional(),
  /** Id of the format; told from the content where omitted. */
  format: z.string().max(100).exactOptional(),
});
export const importScoresResult = z.strictObject({
  /** Id and title of the format, told from the content. */
  format: z.string(),
  title: z.string(),
  /** The model, as the file names it. */
  model: z.string().nullable(),
  tables: z.array(headTable).readonly(),
  /** How the file was read, in lines. */
  notes: z.array(z.string()).readonly(),
  /** Why the numbers may be of another model than the one expected, in lines. */
  mismatches: z.array(z.string()).readonly(),
});
