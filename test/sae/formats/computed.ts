/** What a dictionary computes, what another tool computed, and how far apart that is. */
import { expect } from 'vitest';
import { readFloat32 } from '../../../engine/files/readTensor.ts';
import { readSafetensors } from '../../../engine/files/safetensors.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';

export interface Outputs {
  /** [B F] */
  readonly codes: Float32Array;
  /** [B D] */
  readonly reconstruction: Float32Array;
}

export async function computed(dictionary: Dictionary, x: Float32Array): Promise<Outputs> {
  const program = await DictionaryProgram.create(dictionary);
  const { codes, reconstruction } = await program.encode({ width: dictionary.width, data: x });
  await program.release();
  const dense = new Float32Array((codes.starts.length - 1) * codes.features);
  for (let row = 0; row + 1 < codes.starts.length; row++) {
    for (let i = codes.starts[row] as number; i < (codes.starts[row + 1] as number); i++)
      dense[row * codes.features + (codes.indices[i] as number)] = codes.values[i] as number;
  }
  return { codes: dense, reconstruction: reconstruction.data };
}

/** Reads tensors of a golden file by name. */
export async function golden(path: string, prefix = ''): Promise<(name: string) => Promise<Float32Array>> {
  const { tensors } = await readSafetensors(path);
  return (name) => {
    const found = tensors.get(`${prefix}${name}`);
    if (found === undefined) throw new Error(`no ${prefix}${name} in ${path}`);
    return readFloat32(found);
  };
}

/** Largest difference of two lists of the same length. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}
