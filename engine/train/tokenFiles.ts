/** Batches from files of token ids. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { TokenSource } from './tokens.ts';
import { Fault } from '../terms/fault.ts';
import { seededRandom } from '../tensor/random.ts';

const widths = { uint16: 2, uint32: 4 } as const;

export interface TokenFilesRequest {
  readonly files: readonly string[];
  readonly type: keyof typeof widths;
  readonly vocabulary: number;
  readonly seed: number;
}

/**
 * Rows start at random places of the files' ids laid end to end. Throws Fault for a file that can't be read or is not whole
 * ids, and for an id outside the vocabulary (file and place named).
 */
export async function tokenFiles({ files, type, vocabulary, seed }: TokenFilesRequest): Promise<TokenSource> {
  const parts: Uint32Array[] = [];
  for (const file of files) parts.push(await readIds(file, type, vocabulary));
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return {
    digest: createHash('sha256').update(all).digest('hex'),
    batch(step, { rows, length }) {
      if (all.length < length + 1) {
        const expected = `at least ${length + 1} ids, one row and its next token`;
        throw new Fault({ what: 'too few tokens', where: files.join(', '), expected, got: String(all.length) });
      }
      const random = seededRandom(seed * 2 ** 32 + step);
      const [ids, targets] = [new BigInt64Array(rows * length), new BigInt64Array(rows * length)];
      for (let row = 0; row < rows; row++) {
        const start = random.below(all.length - length);
        for (let i = 0; i < length; i++) {
          ids[row * length + i] = BigInt(all[start + i] as number);
          targets[row * length + i] = BigInt(all[start + i + 1] as number);
        }
      }
      return { ids, targets, weights: new Float32Array(rows * length).fill(1) };
    },
  };
}

async function readIds(file: string, type: keyof typeof widths, vocabulary: number): Promise<Uint32Array> {
  const bytes = await readAll(file);
  const width = widths[type];
  if (bytes.length % width !== 0) {
    const got = `${bytes.length} bytes`;
    throw new Fault({ what: 'not whole token ids', where: file, expected: `a multiple of ${width} bytes`, got });
  }
  const ids = new Uint32Array(bytes.length / width);
  for (let i = 0; i < ids.length; i++) {
    const id = width === 2 ? bytes.readUInt16LE(i * width) : bytes.readUInt32LE(i * width);
    if (id >= vocabulary) {
      const where = `${file}, id ${i}`;
      throw new Fault({
        what: 'token id outside the vocabulary',
        where,
        expected: `below ${vocabulary}`,
        got: String(id),
      });
    }
    ids[i] = id;
  }
  return ids;
}

async function readAll(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Fault({
      what: 'cannot be read',
      where: file,
      got: error instanceof Error ? error.message : String(error),
    });
  }
}
