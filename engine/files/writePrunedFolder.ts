/** A model's folder written anew: weights, config, tokenizer, and the record of what was taken out. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { besideModel } from './besideModel.ts';
import type { ModelFiles } from './modelFiles.ts';
import type { PrunedRecord } from './prunedRecord.ts';
import { prunedFile } from './prunedRecord.ts';
import type { TensorToStream } from './streamSafetensors.ts';
import { streamSafetensors } from './streamSafetensors.ts';
import { ggufTokenizerFiles } from './tokenizer/ggufTokenizerFiles.ts';
import { tokenizerFiles } from './tokenizerSource.ts';
import { writeAtomically } from './writeAtomically.ts';

export interface PrunedFolder {
  readonly config: Readonly<Record<string, unknown>>;
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
  { config, tensors, record }: PrunedFolder,
  onWritten: (bytes: number) => void,
): Promise<readonly string[]> {
  await makeEmpty(folder);
  const metadata = { format: 'pt', headscope: `pruned from ${record.source.name}` };
  await streamSafetensors(join(folder, 'model.safetensors'), tensors, metadata, { onWritten });
  const copied = await copySmallFiles(source, folder);
  await writeJson(folder, prunedFile, record);
  await writeJson(folder, 'config.json', config);
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

async function writeJson(folder: string, name: string, value: object): Promise<void> {
  await writeAtomically(join(folder, name), [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)]);
}
