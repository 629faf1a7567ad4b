/** Opens a model, whatever lies at the path: a file, a folder, a hub cache, or `owner/name` in the hub cache. */
import { open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../terms/fault.ts';
import { fileKind } from './fileKind.ts';
import type { ModelFileKind } from './fileKind.ts';
import { cachedSnapshot, parseRepository } from './hubCache.ts';
import type { ModelFiles } from './modelFiles.ts';
import { openGguf } from './openGguf.ts';
import { openModelFolder } from './openFolder.ts';
import { cannotRead } from './readJson.ts';

/** Throws Fault, saying what the path is instead, where it is not a model. */
export async function openModelFiles(path: string): Promise<ModelFiles> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw cannotRead(path, error);
  });
  if (found === null) return openRepository(path);
  if (found.isDirectory()) return openModelFolder(path);
  if (found.isFile()) return openFile(path);
  throw new Fault({ what: 'not a model', where: path, expected: 'a file or folder', got: 'a device or socket' });
}

async function openRepository(path: string): Promise<ModelFiles> {
  const repository = parseRepository(path);
  if (repository === null) throw new Fault({ what: 'no such file or folder', where: path });
  return { ...(await openModelFolder(await cachedSnapshot(repository))), path };
}

async function openFile(path: string): Promise<ModelFiles> {
  const kind = await kindOf(path);
  if (kind.kind === 'gguf') return openGguf(path, await realpath(path));
  if (kind.kind === 'safetensors') return { ...(await openModelFolder(dirname(path), basename(path))), path };
  throw new Fault({
    what: 'not a model file',
    where: path,
    expected: 'safetensors, GGUF or a model folder',
    got: hint(path, kind.is),
  });
}

function hint(path: string, is: string): string {
  const isPartOfFolder = /^(config|tokenizer|generation_config|.*\.safetensors\.index)\.json$/.test(basename(path));
  return isPartOfFolder ? `${is}; open its folder ${join(dirname(path), '.')}` : is;
}

async function kindOf(path: string): Promise<ModelFileKind> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    return fileKind(basename(path), buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
