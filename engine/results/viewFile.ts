/** `.view.json`: what was looked at and how, to come back to or to send to somebody. Imports terms only. */
import * as z from 'zod';
import { measuredPrompts } from './measured.ts';
import type { Plain } from './records.ts';
import { ablationKind, onModel, scaleBy } from './records.ts';
import { headRef } from './units.ts';
import { validate } from './validate.ts';

const count = z.int().min(0);
const name = z.string().min(1).max(400);

const viewFile = z.strictObject({
  /** Format of the file; rises by one with each change. */
  version: z.literal(1),
  /** Places, one a pane, in the order of reading. */
  panes: z.array(z.string().min(1).max(40)).min(1).max(4).readonly(),
  model: z.strictObject(onModel).nullable(),
  prompts: measuredPrompts.nullable(),
  promptIndex: count,
  /** Ids of the measure that colours heads and of the one beside it. */
  measure: name.nullable(),
  second: name.nullable(),
  /** The run that is looked at. */
  run: name.nullable(),
  /** Folder of the dictionary that is looked at, and the feature; left out where none is. */
  dictionary: z.string().min(1).max(4000).exactOptional(),
  feature: count.exactOptional(),
  ablation: ablationKind,
  scale: scaleBy,
  randomSets: count.max(1000),
  selection: z.strictObject({
    set: z.array(headRef).max(100_000).readonly(),
    primary: headRef.nullable(),
    pinned: headRef.nullable(),
    query: count.nullable(),
    key: count.nullable(),
    layer: count.nullable(),
  }),
});
export type ViewFile = Plain<z.infer<typeof viewFile>>;

/** Throws a Fault that names the field where the value is no view. */
export function readViewFile(value: unknown, where: string): ViewFile {
  return validate(viewFile, value, where);
}
