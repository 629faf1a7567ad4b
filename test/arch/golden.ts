/** The golden fixtures: folders of fixtures/golden, and how far the runtime is from the values in each. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import type { StoredTensor } from '../../engine/files/modelFiles.ts';
import { openModel } from '../../engine/run/index.ts';
import type { Capture } from '../../engine/run/index.ts';
import type { Site } from '../../engine/terms/sites.ts';
import { isSite } from '../../engine/terms/sites.ts';

const root = fileURLToPath(new URL('../../fixtures/golden', import.meta.url));

export const goldenFolders: readonly string[] = existsSync(root)
  ? readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort()
  : [];

export function goldenPath(folder: string): string {
  return join(root, folder);
}

export interface SiteDifference {
  readonly name: string;
  readonly difference: number;
}

/** Largest difference from the golden value at each site it holds, in the order of the forward pass. */
export async function goldenDifferences(folder: string): Promise<SiteDifference[]> {
  const path = goldenPath(folder);
  const { tensors } = await readSafetensors(join(path, 'golden.safetensors'));
  const golden = [...tensors.values()].filter(({ name }) => name !== 'ids');
  const model = await openModel(path, { weights: 'float32' });
  try {
    const ids = readIds(tensors.get('ids'));
    const kept = await model.forward({ ids, capture: captures(golden), logits: 'none' });
    const found: SiteDifference[] = [];
    for (const tensor of golden) {
      const { site, layer } = placeOf(tensor.name);
      const value = layer === undefined ? kept.get(site) : kept.get(site, layer);
      expectShape(
        tensor,
        value.axes.map(({ size }) => size),
      );
      found.push({ name: tensor.name, difference: maxDifference(await readFloat32(tensor), value.data) });
    }
    return found;
  } finally {
    await model.dispose();
  }
}

function captures(golden: readonly StoredTensor[]): Capture[] {
  return golden.map(({ name }) => {
    const { site, layer } = placeOf(name);
    return layer === undefined ? { site } : { site, layers: [layer] };
  });
}

function placeOf(name: string): { site: Site; layer: number | undefined } {
  const [site = '', layer] = name.split('.');
  if (!isSite(site)) throw new RangeError(`golden tensor ${name} is no site`);
  return { site, layer: layer === undefined ? undefined : Number(layer) };
}

export function readIds(tensor: StoredTensor | undefined): number[][] {
  if (tensor === undefined || tensor.type !== 'I64') throw new RangeError('golden ids: expected int64');
  const [rows = 0, length = 0] = tensor.shape;
  const bytes = readFileSync(tensor.file).subarray(tensor.offset, tensor.offset + tensor.length);
  const at = (index: number) => Number(bytes.readBigInt64LE(8 * index));
  return Array.from({ length: rows }, (_, row) => Array.from({ length }, (_, i) => at(row * length + i)));
}

function expectShape({ name, shape }: StoredTensor, got: readonly number[]): void {
  if (shape.join() !== got.join()) throw new RangeError(`${name}: expected [${shape.join()}], got [${got.join()}]`);
}

function maxDifference(a: Float32Array, b: ArrayLike<number>): number {
  return a.reduce((most, x, i) => {
    const difference = Math.abs(x - (b[i] ?? NaN));
    return difference > most || Number.isNaN(difference) ? difference : most;
  }, 0);
}
