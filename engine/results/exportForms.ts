/** The call that says in which forms a run can be had. Imports terms only. */
import * as z from 'zod';
import { tableKind } from './importedScores.ts';
import type { Plain } from './records.ts';
import { exportFormat, runId } from './runs.ts';

const count = z.int().min(0);
const ids = z.array(z.string()).readonly();

/** Numbers of a run, one for each head or KV group. */
const exportedNumbers = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: tableKind,
  unit: z.enum(['head', 'kv-group']),
  /** How many units there are. */
  units: count,
});
export type ExportedNumbers = Plain<z.infer<typeof exportedNumbers>>;

const exportForm = z.strictObject({
  format: exportFormat,
  /** It takes the run as it is, and nothing has to be chosen. */
  whole: z.boolean(),
  /** Ids of the numbers of which it takes one, named as `metric`. */
  metrics: ids,
  /** Ids of the numbers by which units can be chosen that go: `metric` and `remove` are named then. */
  ranks: ids,
});
export type ExportForm = Plain<z.infer<typeof exportForm>>;

export const exportFormsRequest = z.strictObject({ run: runId });
export const exportFormsResult = z.strictObject({
  /** Only forms that the run can be had in, at least one way. */
  forms: z.array(exportForm).readonly(),
  numbers: z.array(exportedNumbers).readonly(),
});
