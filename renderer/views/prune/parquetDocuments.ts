/** Rows of a Parquet file as documents: its column `text`, some rows at a time. */
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { Fault } from '../../../engine/terms/fault.ts';
import type { DocumentSource } from './pruneSettings.ts';

type Document = DocumentSource['documents'][number];

/** Rows that are decoded at a time. */
const ROWS = 1000;

/** The first rows, until there are so many characters. Throws Fault for a file without such a column, and for one that is none. */
export async function parquetDocuments(
  name: string,
  file: ArrayBuffer,
  { characters }: { readonly characters: number },
): Promise<readonly Document[]> {
  const metadata = await readable(name, () => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  if (!columns.includes('text')) {
    throw new Fault({ what: 'no column of text', where: name, expected: 'text', got: columns.slice(0, 20).join(', ') });
  }
  const [documents, rows]: [Document[], number] = [[], Number(metadata.num_rows)];
  for (let [from, read] = [0, 0]; from < rows && read < characters; from += ROWS) {
    const chunk = { columns: ['text'], rowStart: from, rowEnd: Math.min(rows, from + ROWS) };
    const found = await readable(name, () => parquetReadObjects({ file, metadata, ...chunk }));
    const texts = found.map((row, i) => textOf(row, `${name}, row ${from + i + 1}`));
    documents.push(...texts.map((text, i) => ({ name: `${name}, row ${from + i + 1}`, text })));
    read += texts.reduce((sum, { length }) => sum + length, 0);
  }
  return documents;
}

function textOf(row: Readonly<Record<string, unknown>>, where: string): string {
  const text = row['text'];
  if (typeof text === 'string') return text;
  throw new Fault({ what: 'no text', where, expected: 'a string in text', got: typeof text });
}

async function readable<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new Fault({ what: 'not a Parquet file that can be read', where: name, got });
  }
}
