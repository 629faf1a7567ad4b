/** headscope-pruned.json: what was taken out of a model, beside its weights. */
import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../terms/fault.ts';
import type { ModelFolder } from './folder.ts';
import { asLeftOut, cutShape } from './headsLeftOut.ts';
import type { ModelFiles, StoredTensor } from './modelFiles.ts';
import { readJson } from './readJson.ts';

export const prunedFile = 'headscope-pruned.json';

const count = z.int().min(0);
/** Layer -> heads, 0-based. */
const byLayer = z.record(z.string().regex(/^\d+$/), z.array(count));

const prunedRecord = z.strictObject({
  format: z.literal('headscope-pruned'),
  version: z.literal(1),
  /**
   * `zeroed`: every tensor has its shape. `config`: smaller, and config.json says so. `sidecar`: smaller than config.json says;
   * only a reader of `tensors` can open it.
   */
  form: z.enum(['zeroed', 'config', 'sidecar']),
  source: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  /** In the numbering of the model that was pruned. */
  heads_removed: byLayer,
  kv_groups_removed: byLayer,
  /** Of the heads that stay: their numbers in the first model, before any pruning. */
  original_index: byLayer,
  /** Of all heads that config.json counts, where they had other numbers in the first model and form is not `config`. */
  original_heads: byLayer.exactOptional(),
  /** Why the folder has this form, in words. */
  rule: z.string(),
  /** Tensors with heads' parts: along `axis` lie `units` equal parts, of which `keep` stay. `shape` is before the change. */
  tensors: z.array(
    z.strictObject({
      tensor: z.string(),
      shape: z.array(count),
      axis: count,
      units: z.int().min(1),
      keep: z.array(count),
    }),
  ),
  /** Output biases that hold the mean output of the removed heads. */
  bias_compensation: z.array(z.string()),
});
export type PrunedRecord = z.infer<typeof prunedRecord>;

type Tensors = ReadonlyMap<string, StoredTensor>;

/** The tensors of a folder; where its record says that heads' parts are not stored, they read as zeros. */
export async function withPrunedRecord(
  folder: ModelFolder,
  stored: Tensors,
): Promise<Pick<ModelFiles, 'tensors' | 'originalHeads'>> {
  const record = await readPrunedRecord(folder);
  if (record === null) return { tensors: stored };
  const tensors = record.form === 'sidecar' ? filled(stored, record, join(folder.path, prunedFile)) : stored;
  const numbers = record.form === 'config' ? record.original_index : record.original_heads;
  if (numbers === undefined) return { tensors };
  return { tensors, originalHeads: Object.keys(numbers).map((_, layer) => numbers[layer] ?? []) };
}

/** Null where the folder has none. Throws Fault for one that is broken. */
export async function readPrunedRecord(folder: ModelFolder): Promise<PrunedRecord | null> {
  const file = await folder.find(prunedFile);
  if (file === null) return null;
  const parsed = prunedRecord.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Fault({ what: 'a record of pruning that is not one', where: file, got: issue?.message ?? 'unknown' });
}

function filled(tensors: Tensors, { tensors: cuts }: PrunedRecord, file: string): Tensors {
  const out = new Map(tensors);
  for (const { tensor: name, ...cut } of cuts) {
    const tensor = tensors.get(name);
    const where = `${file}: "${name}"`;
    if (tensor === undefined) throw new Fault({ what: 'a tensor that the folder lacks', where });
    checkKept(cut, where);
    const expected = cutShape(cut).join(', ');
    if (expected !== tensor.shape.join(', ')) {
      throw new Fault({ what: 'tensor shape', where, expected: `[${expected}]`, got: `[${tensor.shape.join(', ')}]` });
    }
    out.set(name, asLeftOut(tensor, cut));
  }
  return out;
}

/** A part that is named twice, or beyond the tensor, would be read from another's place. */
function checkKept({ shape, axis, units, keep }: Omit<PrunedRecord['tensors'][number], 'tensor'>, where: string): void {
  const divides = (shape[axis] ?? 0) % units === 0 && axis < shape.length;
  const rises = keep.every((unit, i) => unit < units && unit > (keep[i - 1] ?? -1));
  if (divides && rises) return;
  const got = `axis ${axis} of [${shape.join(', ')}], ${units} parts, ${keep.join(', ')} kept`;
  throw new Fault({ what: 'parts that stay', where, expected: 'rising numbers of equal parts of an axis', got });
}
