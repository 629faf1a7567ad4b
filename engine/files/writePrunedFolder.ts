/** A model's folder written anew: weights, config, tokenizer, and the record of what was taken out. */
import { join } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { besideModel } from './besideModel.ts';
import { editJson } from './editJson.ts';
import type { ModelFiles } from './modelFiles.ts';
import { copySmallFiles, jsonText, makeEmptyFolder, writeJson, writeText } from './modelFolder.ts';
import type { PrunedRecord } from './prunedRecord.ts';
import { prunedFile } from './prunedRecord.ts';
import { readSmall } from './readJson.ts';
import type { TensorToStream } from './streamSafetensors.ts';
import { streamSafetensors } from './streamSafetensors.ts';

export interface PrunedFolder {
  /** Keys of the model's config that get another value; the rest of config.json stays to the letter. */
  readonly configChanges: Readonly<Record<string, unknown>>;
  readonly tensors: readonly TensorToStream[];
  readonly record: PrunedRecord;
}

/**
 * Names of the files, in the order in which they were written: config.json last, so that a folder that is not whole is no
 * model. Throws Fault where the folder holds anything already, or can't be written.
 */
export async function writePrunedFolder(
  source: ModelFiles,
  folder: string,
  { configChanges, tensors, record }: PrunedFolder,
  onWritten: (bytes: number) => void,
): Promise<readonly string[]> {
  await makeEmptyFolder(folder);
  const metadata = { format: 'pt', headscope: `pruned from ${record.source.name}` };
  await streamSafetensors(join(folder, 'model.safetensors'), tensors, metadata, { onWritten });
  const copied = await copySmallFiles(source, folder);
  await writeJson(folder, prunedFile, record);
  await writeText(folder, 'config.json', await configText(source, configChanges));
  return ['model.safetensors', ...copied, prunedFile, 'config.json'];
}

async function configText(source: ModelFiles, changes: PrunedFolder['configChanges']): Promise<string> {
  if (source.format === 'gguf') return jsonText({ ...source.config, ...changes }).replace(floats, '$1.0');
  const file = await (await besideModel(source.path)).find('config.json');
  if (file === null) throw new Fault({ what: 'no config.json', where: source.path });
  return editJson((await readSmall(file, longestConfig)).toString('utf8'), changes);
}

/** Keys that Hugging Face reads as floats and nothing else: 30 is refused, 30.0 is not. */
const floats =
  /("(?:\w+_softcapping|\w+_multiplier|logits_scaling|logit_scale|rope_theta|rotary_pct)": -?\d+)(?=[,\n])/g;

const longestConfig = 1 << 24;
