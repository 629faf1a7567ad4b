/** JSON Lines of one's own: rows as maps, with what to say of a bad one. */
import { Fault } from '../../terms/fault.ts';

export interface JsonRow {
  readonly values: ReadonlyMap<string, unknown>;
  /** File and line. */
  readonly where: string;
}

/** Larger files are refused. */
const limits = { characters: 256 * 2 ** 20, rows: 100_000 } as const;

/** Blank lines, a byte order mark and CRLF are allowed. Throws Fault that names the line. */
export function jsonRows(text: string, where: string): readonly JsonRow[] {
  if (text.length > limits.characters) {
    const expected = `at most ${limits.characters} characters`;
    throw new Fault({ what: 'file too large', where, expected, got: String(text.length) });
  }
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const rows = lines.flatMap((line, i) => (line.trim() === '' ? [] : [rowOf(line, `${where}, line ${i + 1}`)]));
  if (rows.length === 0) throw new Fault({ what: 'no rows', where, expected: 'one JSON object a line' });
  if (rows.length > limits.rows)
    throw new Fault({ what: 'too many rows', where, expected: `at most ${limits.rows}`, got: String(rows.length) });
  return rows;
}

function rowOf(line: string, where: string): JsonRow {
  const value = parsed(line, where);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { values: new Map<string, unknown>(Object.entries(value)), where };
  throw new Fault({ what: 'bad row', where, expected: 'a JSON object', got: JSON.stringify(value).slice(0, 60) });
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Fault({ what: 'bad JSON', where, expected: 'a JSON object on one line', got: line.trim().slice(0, 60) });
  }
}
