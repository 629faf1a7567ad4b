/** A folder as ModelFiles: Hugging Face, TransformerLens, a hub cache, LM Studio. */
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { fingerprint } from './fingerprint.ts';
import { openFolder } from './folder.ts';
import type { ModelFolder } from './folder.ts';
import { isRepositoryFolder, repositoryOfSnapshot, snapshotIn } from './hubCache.ts';
import type { ModelFiles, StoredTensor } from './modelFiles.ts';
import { openGguf } from './openGguf.ts';
import { withPrunedRecord } from './prunedRecord.ts';
import { readJsonObject } from './readJson.ts';
import { readSafetensors } from './safetensors.ts';
import { readShards } from './shards.ts';
import { findTokenizer } from './tokenizerSource.ts';

/** `weights` names one safetensors file of the folder; without it the folder's own are found. */
export async function openModelFolder(path: string, weights?: string): Promise<ModelFiles> {
  const folder = await openFolder(path);
  if (isRepositoryFolder(resolve(path), folder.names))
    return { ...(await openModelFolder(await snapshotIn(path))), path };
  if (folder.names.includes('config.json')) return openConfigured(folder, weights);
  if (weights === undefined) return openOnlyGguf(folder);
  throw new Fault({
    what: 'a safetensors file says nothing of its model without a config',
    where: path,
    expected: 'config.json beside it',
  });
}

async function openConfigured(folder: ModelFolder, weights?: string): Promise<ModelFiles> {
  const config = await readObject(folder, 'config.json');
  const weighed = await withPrunedRecord(folder, await readWeights(folder, weights));
  return {
    path: folder.path,
    name: repositoryOfSnapshot(resolve(folder.path)) ?? basename(resolve(folder.path)),
    format: 'safetensors',
    config: config ?? {},
    generationConfig: (await readObject(folder, 'generation_config.json')) ?? {},
    ...weighed,
    tokenizer: await findTokenizer(folder),
    fingerprint: await fingerprint(config ?? {}, weighed.tensors),
  };
}

async function readObject(folder: ModelFolder, name: string): Promise<Record<string, unknown> | null> {
  const file = await folder.find(name);
  return file === null ? null : readJsonObject(file);
}

type Tensors = ReadonlyMap<string, StoredTensor>;

/** The named file; else model.safetensors; else the index; else the only safetensors file that there is. */
async function readWeights(folder: ModelFolder, named?: string): Promise<Tensors> {
  const files = folder.names.filter((name) => name.endsWith('.safetensors'));
  const indexes = folder.names.filter((name) => name.endsWith('.safetensors.index.json'));
  const index = indexes.includes('model.safetensors.index.json') ? 'model.safetensors.index.json' : indexes[0];
  const isShard = /-\d{5}-of-\d{5}\.safetensors$/;
  if (named !== undefined && !(index !== undefined && isShard.test(named))) return readOne(folder, named);
  if (files.includes('model.safetensors')) return readOne(folder, 'model.safetensors');
  if (index !== undefined) return readShards(folder, index);
  const [only, ...more] = files;
  if (only !== undefined && more.length === 0 && !isShard.test(only)) return readOne(folder, only);
  throw noWeights(folder, files);
}

async function readOne(folder: ModelFolder, name: string): Promise<Tensors> {
  const file = await folder.find(name);
  if (file === null) throw new Fault({ what: 'a link that leads nowhere', where: join(folder.path, name) });
  return (await readSafetensors(file)).tensors;
}

function noWeights({ path, names }: ModelFolder, files: readonly string[]): Fault {
  const pickled = names.filter((name) => /\.(bin|pt|pth|ckpt)$/.test(name) && !name.startsWith('training_args'));
  const what = files.length > 0 ? 'which weights are meant is not clear' : 'no weights';
  const got = [...files, ...pickled.map((name) => `${name} (a pickle, which is never opened)`)].slice(0, 5).join(', ');
  return new Fault({
    what,
    where: path,
    expected: 'model.safetensors, or shards with model.safetensors.index.json',
    got: got || 'none',
  });
}

/** LM Studio keeps publisher/repository/*.gguf. Vision parts (mmproj) are not models. */
async function openOnlyGguf(folder: ModelFolder): Promise<ModelFiles> {
  const models = folder.names.filter((name) => /\.gguf$/i.test(name) && !/^mmproj/i.test(name));
  const [only, ...more] = models;
  if (only === undefined) throw await notAModel(folder);
  const path = join(folder.path, only);
  if (more.length === 0) return { ...(await openGguf(path, await realpath(path))), path: folder.path };
  throw new Fault({
    what: 'several GGUF files: name one',
    where: folder.path,
    expected: 'one',
    got: models.slice(0, 12).join(', '),
  });
}

async function notAModel({ path, names }: ModelFolder): Promise<Fault> {
  if (names.includes('adapter_config.json')) {
    return new Fault({ what: 'a LoRA adapter, not a whole model: merge it into its base first', where: path });
  }
  const inner = await modelsBelow(path, names);
  const got = names.length === 0 ? 'an empty folder' : names.slice(0, 6).join(', ');
  return new Fault({
    what: 'not a model folder',
    where: path,
    expected: 'config.json with safetensors, or a .gguf file',
    got: inner.length === 0 ? got : `folders with models: ${inner.slice(0, 6).join(', ')}`,
  });
}

async function modelsBelow(path: string, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    names.slice(0, 100).map(async (name) => {
      const inside = await readdir(join(path, name)).catch((): string[] => []);
      return inside.some((file) => file === 'config.json' || /\.gguf$/i.test(file)) ? [name] : [];
    }),
  );
  return found.flat();
}
