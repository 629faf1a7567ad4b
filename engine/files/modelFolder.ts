/** A folder for a model to be, and the small files of the model that it is made from. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { besideModel } from './besideModel.ts';
import type { ModelFiles } from './modelFiles.ts';
import { ggufTokenizerFiles } from './tokenizer/ggufTokenizerFiles.ts';
import { tokenizerFiles } from './tokenizerSource.ts';
import { writeAtomically } from './writeAtomically.ts';

/** Files that are copied as they are, besides the tokenizer's. */
const besides = ['generation_config.json', 'LICENSE', 'LICENSE.txt'] as const;

/** Throws Fault where the folder holds anything already, or can't be made. */
export async function makeEmptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    const got = error instanceof Error ? error.message : String(error);
    throw new Fault({ what: 'the folder cannot be made', where: folder, got });
  });
  const [present] = await readdir(folder);
  if (present !== undefined) {
    throw new Fault({ what: 'the folder is not empty', where: folder, expected: 'a new folder', got: present });
  }
}

/** Tokenizer, generation config and licence; names of what was written. */
export async function copySmallFiles(source: ModelFiles, folder: string): Promise<readonly string[]> {
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

export function writeJson(folder: string, name: string, value: object): Promise<void> {
  return writeText(folder, name, jsonText(value));
}

export async function writeText(folder: string, name: string, text: string): Promise<void> {
  await writeAtomically(join(folder, name), [Buffer.from(text)]);
}

export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
