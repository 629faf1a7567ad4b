/** Documents in files that the user names: a text file is one; each line of .jsonl and each row of .parquet has one in `text`. */
import { basename, extname } from 'node:path';
import * as zlib from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { Fault } from '../terms/fault.ts';
import { readBytes, readTextFile } from './textFile.ts';

export interface TextDocument {
  readonly name: string;
  readonly text: string;
}

/** Characters that are read of all files together, at least as many as the windows can take. */
export interface DocumentBound {
  readonly characters: number;
}

/** As many documents as the call takes. */
const MOST = 100_000;
/** Rows of a table that are read at a time. */
const ROWS = 1000;

/** Files in order, until there is text enough. Throws Fault with file and line for what cannot be read. */
export async function readDocuments(paths: readonly string[], { characters }: DocumentBound): Promise<TextDocument[]> {
  const documents: TextDocument[] = [];
  let read = 0;
  for (const path of paths) {
    for await (const document of documentsIn(path)) {
      documents.push(document);
      read += document.text.length;
      if (read >= characters || documents.length >= MOST) return documents;
    }
  }
  return documents;
}

async function* documentsIn(path: string): AsyncGenerator<TextDocument> {
  switch (extname(path).toLowerCase()) {
    case '.jsonl':
      yield* linesIn((await readTextFile(path)).text, path);
      return;
    case '.parquet':
      yield* rowsIn(await readBytes(path), path);
      return;
    default:
      yield { name: basename(path), text: (await readTextFile(path)).text };
  }
}

function* linesIn(text: string, path: string): Generator<TextDocument> {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = { where: `${path}, line ${i + 1}`, expected: 'an object with a string in text' };
    yield { name: `${basename(path)}:${i + 1}`, text: textOf(parsed(line, place), place) };
  }
}

interface Place {
  readonly where: string;
  readonly expected: string;
}

function parsed(line: string, place: Place): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new Fault({ what: 'not JSON', ...place });
  }
}

function textOf(row: unknown, place: Place): string {
  const text: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'text') : undefined;
  if (typeof text === 'string') return text;
  throw new Fault({ what: 'no text', ...place, got: kindOf(text) });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  return value === null ? 'null' : typeof value;
}

/** Beside none and Snappy. A page may not give more than it says. */
const compressors: Compressors = {
  GZIP: (input, maxOutputLength) => zlib.gunzipSync(input, { maxOutputLength }),
  BROTLI: (input, maxOutputLength) => zlib.brotliDecompressSync(input, { maxOutputLength }),
  ZSTD: zstandard,
};

/** Node has it from 22.15. */
function zstandard(input: Uint8Array, maxOutputLength: number): Uint8Array {
  const decompress: unknown = Reflect.get(zlib, 'zstdDecompressSync');
  if (typeof decompress !== 'function') throw new Error('Zstandard pages, which Node reads from version 22.15');
  const bytes: unknown = Reflect.apply(decompress, undefined, [input, { maxOutputLength }]);
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError('zstdDecompressSync gave no bytes');
}

/** Only the column that is needed is decoded, some rows at a time. */
async function* rowsIn(bytes: Uint8Array, path: string): AsyncGenerator<TextDocument> {
  // A copy of its own: the file's bytes may lie in a shared buffer.
  const file = Uint8Array.from(bytes).buffer;
  const metadata = await ofParquet(path, () => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  if (!columns.includes('text')) {
    throw new Fault({ what: 'no column of text', where: path, expected: 'text', got: columns.slice(0, 20).join(', ') });
  }
  const rows = Number(metadata.num_rows);
  for (let from = 0; from < rows; from += ROWS) {
    const chunk = { rowStart: from, rowEnd: Math.min(rows, from + ROWS) };
    const asked = { file, metadata, columns: ['text'], compressors, ...chunk };
    const found = await ofParquet(path, () => parquetReadObjects(asked));
    for (const [i, row] of found.entries()) {
      const place = { where: `${path}, row ${from + i + 1}`, expected: 'a string in text' };
      yield { name: `${basename(path)}:${from + i + 1}`, text: textOf(row, place) };
    }
  }
}

async function ofParquet<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Fault({
      what: 'not a Parquet file that can be read',
      where: path,
      got: error instanceof Error ? error.message : String(error),
    });
  }
}
