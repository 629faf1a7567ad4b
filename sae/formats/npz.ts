/** numpy's .npz: a zip of .npy arrays. What is unpacked is bounded before it is. */
import { unzipSync } from 'fflate';
import { isNpy, readNpy } from '../../engine/exports/npy.ts';
import { readSmall } from '../../engine/files/readJson.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Stored, TensorFile } from './tensors.ts';

/** What is read at once: 2 GiB less one byte. */
const LARGEST = 2 ** 31 - 1;
const MOST_ARRAYS = 64;
/** DEFLATE gives no more than this for a byte. */
const MOST_A_BYTE = 1032;

/** Arrays by name, without `.npy`. Throws Fault for what is no such file, is cut short, or would unpack to too much. */
export async function readNpz(path: string): Promise<TensorFile> {
  const bytes = await readSmall(path, LARGEST);
  const tensors = new Map<string, Stored>();
  for (const [entry, data] of Object.entries(unpacked(path, bytes))) {
    const name = entry.replace(/\.npy$/, '');
    if (!isNpy(data)) throw new Fault({ what: 'not a .npy array', where: `${path}: ${entry}` });
    const { shape, data: values } = readNpy(data, `${path}: ${entry}`, { largest: LARGEST / 4 });
    tensors.set(name, { shape, read: () => Promise.resolve(values) });
  }
  return { path, tensors };
}

function unpacked(path: string, bytes: Buffer): Readonly<Record<string, Uint8Array>> {
  let [entries, total] = [0, 0];
  const tooMuch = (expected: string, got: string): never => {
    throw new Fault({ what: 'too large', where: path, expected, got });
  };
  try {
    return unzipSync(bytes, {
      filter: ({ size, originalSize }) => {
        entries++;
        total += originalSize;
        if (entries > MOST_ARRAYS) tooMuch(`at most ${MOST_ARRAYS} arrays`, 'more');
        if (total > LARGEST) tooMuch(`at most ${LARGEST} bytes of arrays`, `${total}`);
        if (originalSize > MOST_A_BYTE * size + 64) tooMuch(`sizes that ${size} bytes can hold`, `${originalSize}`);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Fault) throw error;
    const got = error instanceof Error ? error.message : String(error);
    throw new Fault({ what: 'not a zip of arrays, or cut short', where: path, expected: '.npz', got });
  }
}
