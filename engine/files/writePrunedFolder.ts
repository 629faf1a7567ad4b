/** A model's folder written anew: weights, config, tokenizer, and the record of what was taken out. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { besideModel } from './besideModel.ts';
import { editJson } from './editJson.ts';
import type { ModelFiles } from './modelFiles.ts';
import type { PrunedRecord } from './prunedRecord.ts';
import { prunedFile } from './prunedRecord.ts';
import { readSmall } from './readJson.ts';
import type { TensorToStream } from './streamSafetensors.ts';
import { streamSafetensors } from './streamSafetensors.ts';
import { ggufTokenizerFiles } from './tokenizer/ggufTokenizerFiles.ts';
import { tokenizerFiles } from './tokenizerSource.ts';
import { writeAtomically } from './writeAtomically.ts';

export interface PrunedFolder {
  /** Keys of the model's config that get another value; the rest of config.json stays to the letter. */
  readonly configChanges: Readonly<Record<string, unknown>>;
  readonly tensors: readonly TensorToStream[];
  readonly record: PrunedRecord;
}

/** Files that are copied as they are, besides the tokenizer's. */
const besides = ['generation_config.json', 'LICENSE', 'LICENSE.txt'] as const;

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
  await makeEmpty(folder);
  const metadata = { format: 'pt', headscope: `pruned from ${record.source.name}` };
  await streamSafetensors(join(folder, 'model.safetensors'), tensors, metadata, { onWritten });
  const copied = await copySmallFiles(source, folder);
  await writeJson(folder, prunedFile, record);
  await writeText(folder, 'config.json', await configText(source, configChanges));
  return ['model.safetensors', ...copied, prunedFile, 'config.json'];
}

async function makeEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    const got = error instanceof Error ? error.message : String(error);
    throw new Fault({ what: 'the folder cannot be made', where: folder, got });
  });
  const [present] = await readdir(folder);
  if (present !== undefined) {
    throw new Fault({ what: 'the folder is not empty', where: folder, expected: 'a new folder', got: present });
  }
}

async function copySmallFiles(source: ModelFiles, folder: string): Promise<readonly string[]> {
  if (source.format === 'gguf') return writeGgufFiles(source, folder);
  const from = await besideModel(source.path);
  const copied: string[] = [];
  for (const name of [...tokenizerFiles, ...besides]) {
    const file = await from.find(name);
    if (file === null) continue;
    await copyFile(file, join(folder, name));
    copied.push(name);
  }
  return copied;
}

/** A GGUF file holds its tokenizer itself. */
async function writeGgufFiles({ tokenizer, generationConfig }: ModelFiles, folder: string): Promise<readonly string[]> {
  const found = tokenizer.kind === 'gguf' ? ggufTokenizerFiles(tokenizer.metadata) : null;
  const files = { ...found, 'generation_config.json': generationConfig };
  for (const [name, value] of Object.entries(files)) await writeJson(folder, name, value);
  return Object.keys(files);
}

async function configText(source: ModelFiles, changes: PrunedFolder['configChanges']): Promise<string> {
  if (source.format === 'gguf') return asText({ ...source.config, ...changes }).replace(floats, '$1.0');
  const file = await (await besideModel(source.path)).find('config.json');
  if (file === null) throw new Fault({ what: 'no config.json', where: source.path });
  return editJson((await readSmall(file, longestConfig)).toString('utf8'), changes);
}

/** Keys that Hugging Face reads as floats and nothing else: 30 is refused, 30.0 is not. */
const floats =
  /("(?:\w+_softcapping|\w+_multiplier|logits_scaling|logit_scale|rope_theta|rotary_pct)": -?\d+)(?=[,\n])/g;

const longestConfig = 1 << 24;

function writeJson(folder: string, name: string, value: object): Promise<void> {
  return writeText(folder, name, asText(value));
}

async function writeText(folder: string, name: string, text: string): Promise<void> {
  await writeAtomically(join(folder, name), [Buffer.from(text)]);
}

function asText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
