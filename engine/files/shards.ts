/** The tensors of a folder: one safetensors file, or shards with an index. */
import { Fault } from '../terms/fault.ts';
import type { ModelFolder } from './folder.ts';
import type { StoredTensor } from './modelFiles.ts';
import { isObject, readJsonObject } from './readJson.ts';
import { readSafetensors } from './safetensors.ts';

const indexLimit = 64 << 20;

type Tensors = ReadonlyMap<string, StoredTensor>;

/** Follows `*.safetensors.index.json`. Throws Fault for a missing shard, a bad shard name, or a tensor that is not where the index says. */
export async function readShards(folder: ModelFolder, indexName: string): Promise<Tensors> {
  const index = `${folder.path}/${indexName}`;
  const file = await folder.find(indexName);
  if (file === null) throw new Fault({ what: 'no such file or folder', where: index });
  const places = readWeightMap(index, (await readJsonObject(file, indexLimit)).weight_map);
  const tensors = new Map<string, StoredTensor>();
  for (const shard of new Set(places.values())) await addShard(folder, index, shard, places, tensors);
  for (const [name, shard] of places) {
    if (!tensors.has(name))
      throw new Fault({
        what: `no tensor "${name}"`,
        where: `${folder.path}/${shard}`,
        expected: `what ${indexName} says`,
      });
  }
  return tensors;
}

function readWeightMap(index: string, map: unknown): ReadonlyMap<string, string> {
  const entries = isObject(map) ? Object.entries(map) : [];
  if (entries.length === 0) throw new Fault({ what: 'weight_map', where: index, expected: 'an object of shard names' });
  return new Map(
    entries.map(([name, shard]) => {
      if (typeof shard === 'string' && shard.endsWith('.safetensors')) return [name, shard] as const;
      throw new Fault({
        what: `shard of "${name}"`,
        where: index,
        expected: 'a .safetensors name',
        got: String(shard),
      });
    }),
  );
}

async function addShard(
  folder: ModelFolder,
  index: string,
  shard: string,
  places: ReadonlyMap<string, string>,
  tensors: Map<string, StoredTensor>,
): Promise<void> {
  const file = await folder.find(shard);
  if (file === null) throw new Fault({ what: 'missing shard', where: index, expected: shard, got: 'no such file' });
  for (const tensor of (await readSafetensors(file)).tensors.values()) {
    const place = places.get(tensor.name) ?? shard;
    if (place === shard && !tensors.has(tensor.name)) {
      tensors.set(tensor.name, tensor);
      continue;
    }
    throw new Fault({ what: `tensor "${tensor.name}" lies in two shards`, where: file, expected: `only in ${place}` });
  }
}
