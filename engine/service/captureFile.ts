/** Capture files: safetensors with float32 tensors named by site and layer, `lengths` [B], and where they come from. */
import { writeSafetensors } from '../files/writeSafetensors.ts';
import type { Captured } from './captured.ts';
import { version } from './version.ts';

/** Keys of the file's metadata; lists and objects are JSON. */
export const metadataKeys = {
  tool: 'tool',
  model: 'model',
  fingerprint: 'model_fingerprint',
  /** Token ids of each row, without padding. */
  ids: 'token_ids',
  /** Axes of each tensor: `{"pattern.3": "B N P K"}`. */
  axes: 'site_axes',
  /** The edits in effect, in their text form. */
  edits: 'edits',
  /** Present where the run was cancelled. */
  partial: 'partial',
} as const;

export async function writeCapture(
  path: string,
  { model, ids, lengths, tensors, asked }: Captured,
  edits: readonly string[],
): Promise<void> {
  const axes = Object.fromEntries([...tensors.map((tensor) => [tensor.name, tensor.axes]), ['lengths', 'B']]);
  const metadata = {
    [metadataKeys.tool]: `headscope ${version}`,
    [metadataKeys.model]: model.name,
    [metadataKeys.fingerprint]: model.fingerprint,
    [metadataKeys.ids]: JSON.stringify(ids),
    [metadataKeys.axes]: JSON.stringify(axes),
    [metadataKeys.edits]: JSON.stringify(edits),
    ...(ids.length === asked ? {} : { [metadataKeys.partial]: partialNote(ids.length, asked) }),
  };
  const rows = { name: 'lengths', shape: [lengths.length], data: BigInt64Array.from(lengths, BigInt) };
  await writeSafetensors(path, [...tensors, rows], metadata);
}

export function partialNote(rows: number, asked: number): string {
  return `${rows} of ${asked} prompts, the run was cancelled`;
}
