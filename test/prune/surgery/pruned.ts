/** Pruned folders made for a test, and what they give beside the model with the same heads zeroed. */
import { join } from 'node:path';
import { writePrunedFolder } from '../../../engine/files/writePrunedFolder.ts';
import { zeroEdits } from '../../../engine/prune/curve/zeroEdits.ts';
import type { HeadsByLayer } from '../../../engine/prune/surgery/headsByLayer.ts';
import type { Surgery, SurgeryRequest } from '../../../engine/prune/surgery/surgery.ts';
import { surgery } from '../../../engine/prune/surgery/surgery.ts';
import { describeModel, openModel } from '../../../engine/run/index.ts';
import type { Edit } from '../../../engine/terms/edits.ts';
import type { Tensor } from '../../../engine/tensor/tensor.ts';
import { temporaryFolder } from '../../files/temporary.ts';

const root = temporaryFolder();
let made = 0;

/** The folder, and what the surgery says of it. */
export async function prunedFolder(
  source: string,
  request: SurgeryRequest,
): Promise<{ readonly folder: string; readonly surgery: Surgery }> {
  const description = await describeModel(source);
  const done = await surgery(description, request);
  const folder = join(root, `pruned-${made++}`);
  await writePrunedFolder(description.files, folder, done, () => undefined);
  return { folder, surgery: done };
}

/** Logits [1 P V] of the model in a folder. */
export async function logitsOf(folder: string, ids: readonly number[], edits: readonly Edit[] = []): Promise<Tensor> {
  const model = await openModel(folder);
  try {
    const { logits } = await model.forward({ ids: [ids], edits });
    if (logits === null) throw new RangeError('no logits');
    return logits;
  } finally {
    await model.dispose();
  }
}

export function maskedLogits(folder: string, ids: readonly number[], removed: HeadsByLayer): Promise<Tensor> {
  return logitsOf(folder, ids, zeroEdits(removed));
}
