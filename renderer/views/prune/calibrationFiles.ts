/** The user's files as documents to measure on: a .txt is one, each line of a .jsonl and each row of a .parquet another. */
import { Fault } from '../../../engine/terms/fault.ts';
import { parquetDocuments } from './parquetDocuments.ts';
import type { DocumentSource } from './pruneSettings.ts';

type Document = DocumentSource['documents'][number];

export interface TextFile {
  readonly name: string;
  readonly text: () => Promise<string>;
  readonly bytes: () => Promise<ArrayBuffer>;
}

/** What is taken of a table at most: a text of some million tokens. */
const CHARACTERS = 8e6;

/** Throws Fault for a file of another kind, a line without text, and files that hold nothing. */
export async function documentsOf(files: readonly TextFile[]): Promise<DocumentSource> {
  const lists = await Promise.all(files.map(readDocuments));
  const documents = lists.flat();
  const name = files.map((file) => file.name).join(', ');
  if (documents.length === 0) {
    throw new Fault({ what: `${name} holds no text`, expected: 'text to calibrate on', got: 'nothing' });
  }
  return { kind: 'documents', name, documents };
}

async function readDocuments({ name, text, bytes }: TextFile): Promise<readonly Document[]> {
  if (name.endsWith('.parquet')) return parquetDocuments(name, await bytes(), { characters: CHARACTERS });
  if (name.endsWith('.jsonl')) return linesOf(name, await text());
  if (name.endsWith('.txt') || name.endsWith('.md')) return documentIn(name, await text());
  throw new Fault({
    what: 'file of calibration text',
    where: name,
    expected: '.txt, .md, .jsonl or .parquet',
    got: name,
  });
}

function documentIn(name: string, text: string): readonly Document[] {
  return text.trim() === '' ? [] : [{ name, text }];
}

function linesOf(name: string, text: string): readonly Document[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const where = `${name}, line ${i + 1}`;
    return [{ name: where, text: textOf(line, where) }];
  });
}

function textOf(line: string, where: string): string {
  const found = parsed(line);
  const text = typeof found === 'object' && found !== null && 'text' in found ? found.text : found;
  if (typeof text === 'string') return text;
  throw new Fault({
    what: 'line of calibration text',
    where,
    expected: 'a string, or an object with a text',
    got: line.slice(0, 60),
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
