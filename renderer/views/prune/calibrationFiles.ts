/** The user's files as documents to measure on: a .txt is one, each line of a .jsonl another. */
import { Fault } from '../../../engine/terms/fault.ts';
import type { DocumentSource } from './pruneSettings.ts';

type Document = DocumentSource['documents'][number];

export interface TextFile {
  readonly name: string;
  readonly text: () => Promise<string>;
}

/** Throws Fault for a file of another kind, a line without text, and files that hold nothing. */
export async function documentsOf(files: readonly TextFile[]): Promise<DocumentSource> {
  const lists = await Promise.all(files.map(async (file) => readDocuments(file.name, await file.text())));
  const documents = lists.flat();
  const name = files.map((file) => file.name).join(', ');
  if (documents.length === 0) {
    throw new Fault({ what: `${name} holds no text`, expected: 'text to calibrate on', got: 'nothing' });
  }
  return { kind: 'documents', name, documents };
}

function readDocuments(name: string, text: string): readonly Document[] {
  if (name.endsWith('.jsonl')) return linesOf(name, text);
  if (name.endsWith('.txt') || name.endsWith('.md')) return text.trim() === '' ? [] : [{ name, text }];
  throw new Fault({
    what: 'file of calibration text',
    where: name,
    expected: '.txt, .md or .jsonl (headscope importance --text takes .parquet too)',
    got: name,
  });
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
