/** Prompt files of other tools as rows of ours (promptFile.ts). Texts and ids are taken as they are: there is no model here. */
import type { ResultOf } from '../results/index.ts';
import { Fault } from '../terms/fault.ts';
import type { ForeignRow } from './foreignRow.ts';
import { ImportNotes, ourRow } from './foreignRow.ts';
import { csvRows } from './csvRows.ts';
import { promptFileLimits } from './promptFile.ts';

type Imported = ResultOf<'importPrompts'>;
type Format = Imported['format'];

export interface ImportSource {
  readonly name: string;
  readonly text: string;
  /** Told from the content where omitted. */
  readonly format?: Format;
}

/** Throws Fault where the file is not of its format, or holds no prompt; a row that can't be used is left out and noted. */
export function importPrompts({ name, text, format = formatOf(text) }: ImportSource): Imported {
  if (text.length > promptFileLimits.characters) {
    const expected = `at most ${promptFileLimits.characters} characters`;
    throw new Fault({ what: 'prompt file too large', where: name, expected, got: `${text.length}` });
  }
  const notes = new ImportNotes();
  const lines: string[] = [];
  for (const row of readers[format](withoutMark(text), name, notes)) {
    if (lines.length === promptFileLimits.rows) {
      const expected = `at most ${promptFileLimits.rows} rows`;
      throw new Fault({ what: 'too many prompts', where: row.where, expected });
    }
    const ours = ourRow(row, notes);
    if (ours !== null) lines.push(JSON.stringify(ours));
  }
  if (lines.length === 0) throw nothing(name, notes);
  const file = { name: `${baseOf(name)}.jsonl`, text: `${lines.join('\n')}\n` };
  return { format, file, rows: lines.length, notes: notes.lines() };
}

function nothing(where: string, notes: ImportNotes): Fault {
  const [got] = notes.lines();
  const expected = 'rows with text or ids, or with clean';
  return new Fault({ what: 'no prompts', where, expected, ...(got === undefined ? {} : { got }) });
}

function baseOf(name: string): string {
  return name.replace(/\.(csv|jsonl?)$/i, '');
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** A table has a header; JSON Lines have an object on their first line; what is one object of several lines is AutoCircuit's. */
function formatOf(text: string): Format {
  const start = withoutMark(text).trimStart();
  if (!start.startsWith('{')) return 'csv';
  const [, firstLine = ''] = /^([^\n]*)/.exec(start) ?? [];
  const first = parsed(firstLine);
  return isObject(first) && !Array.isArray(first['prompts']) ? 'jsonl' : 'autocircuit';
}

type Rows = Generator<ForeignRow, void, void>;
type ReadRows = (text: string, name: string, notes: ImportNotes) => Rows;

const readers: Readonly<Record<Format, ReadRows>> = { jsonl: jsonRows, csv: tableRows, autocircuit: autoCircuitRows };

function* jsonRows(text: string, name: string): Rows {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const where = `${name}, line ${i + 1}`;
    const value = parsed(line);
    if (!isObject(value)) throw new Fault({ what: 'bad row', where, expected: 'a JSON object on one line' });
    yield { where, fields: new Map(Object.entries(value)) };
  }
}

function* autoCircuitRows(text: string, name: string, notes: ImportNotes): Rows {
  const value = parsed(text);
  const prompts = isObject(value) ? value['prompts'] : null;
  if (!isObject(value) || !Array.isArray(prompts)) {
    throw new Fault({ what: 'not a file of AutoCircuit', where: name, expected: '{"prompts": [...]}' });
  }
  for (const key of Object.keys(value)) if (key !== 'prompts') notes.add(`${key.slice(0, 60)} is left out`, name);
  for (const [i, prompt] of prompts.entries()) {
    const where = `${name}, prompt ${i + 1}`;
    if (isObject(prompt)) yield { where, fields: new Map(Object.entries(prompt)) };
    else notes.add('left out: not an object', where);
  }
}

function* tableRows(text: string, name: string): Rows {
  const rows = csvRows(text, name);
  const header = rows.next();
  if (header.done === true) return;
  const names = columnsOf(header.value.fields, name);
  for (const { line, fields } of rows) {
    const where = `${name}, line ${line}`;
    if (fields.length !== names.length) {
      throw new Fault({ what: 'a row of another length', where, expected: `${names.length}`, got: `${fields.length}` });
    }
    const cells = names.map((column, i) => [column, cellOf(column, fields[i] ?? '')] as const);
    // An empty cell says nothing.
    yield { where, fields: new Map(cells.filter(([, cell]) => cell !== '')) };
  }
}

function columnsOf(fields: readonly string[], name: string): readonly string[] {
  const names = fields.map((field) => field.trim());
  const twice = names.find((one, i) => one !== '' && names.indexOf(one) !== i);
  if (twice !== undefined)
    throw new Fault({ what: 'a column twice', where: `${name}, line 1`, got: twice.slice(0, 60) });
  if (names.some((one) => ['text', 'ids', 'clean'].includes(one))) return names;
  const got = names.slice(0, 8).join(', ').slice(0, 200);
  throw new Fault({ what: 'no column of prompts', where: `${name}, line 1`, expected: 'text, ids or clean', got });
}

/** Columns of ids hold numbers; a cell may hold a list as JSON. */
function cellOf(column: string, cell: string): unknown {
  const isOfIds = /(ids|Ids?|_idx)$/.test(column);
  if (isOfIds && /^\s*\d+(\.0)?\s*$/.test(cell)) return Number(cell);
  const list = /^\s*\[/.test(cell) ? parsed(cell) : undefined;
  return Array.isArray(list) ? list : cell;
}

/** undefined where it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
