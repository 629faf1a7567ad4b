/** Prompt files: JSON Lines, one prompt a row. */
import { Fault } from '../terms/fault.ts';
import { promptOfRow } from './promptRow.ts';
import type { RowSource } from './promptRow.ts';
import type { Prompt, TaskTokenizer } from './task.ts';

/** Larger files are refused. */
export const promptFileLimits = { characters: 64 * 2 ** 20, rows: 100_000 } as const;

export interface PromptFileOptions {
  /** Null for a model without one: rows then need `ids`, `answerId` and so on. */
  readonly tokenizer: TaskTokenizer | null;
  /** V: ids are below it. */
  readonly vocabulary: number;
  /** V of the logits, where it differs: ids of answers are below it. */
  readonly outputVocabulary?: number;
  /** Most tokens a prompt may have, or null for no bound. */
  readonly context: number | null;
  /** The file's name, for errors. */
  readonly where: string;
}

/**
 * Rows of `text` or `ids`, with `answer`/`answerId` and `wrong`/`wrongId` (one or a list) and `corrupt`/`corruptIds`, all
 * of them optional but the prompt. Ids win over text; a text gets the beginning-of-sequence id in front, ids are taken
 * as they are. Blank lines, a byte order mark and CRLF are allowed. Throws Fault naming file, line and key.
 */
export function parsePromptFile(text: string, options: PromptFileOptions): readonly Prompt[] {
  const { where } = options;
  if (text.length > promptFileLimits.characters) {
    const expected = `at most ${promptFileLimits.characters} characters`;
    throw new Fault({ what: 'prompt file too large', where, expected, got: String(text.length) });
  }
  const prompts: Prompt[] = [];
  for (const { line, number } of linesOf(text)) {
    if (line.trim() === '') continue;
    if (prompts.length === promptFileLimits.rows) {
      const expected = `at most ${promptFileLimits.rows} rows`;
      throw new Fault({ what: 'too many prompts', where: `${where}, line ${number}`, expected });
    }
    prompts.push(parseLine(line, { ...options, where: `${where}, line ${number}` }));
  }
  if (prompts.length > 0) return prompts;
  throw new Fault({ what: 'no prompts', where, expected: 'at least one row of JSON', got: 'only blank lines' });
}

function* linesOf(text: string): Generator<{ line: string; number: number }> {
  let from = text.startsWith('\ufeff') ? 1 : 0;
  for (let number = 1; from <= text.length; number++) {
    const found = text.indexOf('\n', from);
    const to = found === -1 ? text.length : found;
    // A carriage return before the line feed is white space to JSON.
    yield { line: text.slice(from, to), number };
    from = to + 1;
  }
}

function parseLine(line: string, source: RowSource): Prompt {
  const row = parseJson(line, source.where);
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    const got = row === null ? 'null' : Array.isArray(row) ? 'a list' : `a ${typeof row}`;
    throw new Fault({ what: 'bad row', where: source.where, expected: 'a JSON object', got });
  }
  return promptOfRow(new Map<string, unknown>(Object.entries(row)), source);
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const start = line.trim();
    const got = start.length > 60 ? `${start.slice(0, 60)}...` : start;
    throw new Fault({ what: 'bad JSON', where, expected: 'a JSON object on one line', got });
  }
}
