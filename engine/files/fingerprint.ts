/** Which model is it: a hash that is instant for any size and the same wherever the files lie. */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { canonicalJson } from './canonicalJson.ts';
import type { StoredTensor } from './modelFiles.ts';

const edgeBytes = 4096;

/**
 * SHA-256, hex, over the config (canonical JSON), and for each tensor in order of name: name, type, shape,
 * first and last 4 KiB as stored.
 */
export async function fingerprint(
  config: Readonly<Record<string, unknown>>,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<string> {
  const hash = createHash('sha256').update(canonicalJson(config, 'the config'));
  const handles = new Map<string, FileHandle>();
  try {
    for (const tensor of [...tensors.values()].toSorted(byName)) {
      const handle = handles.get(tensor.file) ?? (await open(tensor.file, 'r'));
      handles.set(tensor.file, handle);
      hash.update(`\n${JSON.stringify([tensor.name, tensor.type, tensor.shape])}\n`);
      await addEdges(hash, handle, tensor);
    }
  } finally {
    await Promise.all([...handles.values()].map((handle) => handle.close()));
  }
  return hash.digest('hex');
}

async function addEdges(hash: Hash, handle: FileHandle, { offset, length }: StoredTensor): Promise<void> {
  const edge = Math.min(length, edgeBytes);
  for (const from of [offset, offset + length - edge]) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(edge), 0, edge, from);
    hash.update(buffer.subarray(0, bytesRead));
  }
}

// By code unit, so that the order does not depend on the locale.
function byName(a: StoredTensor, b: StoredTensor): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
