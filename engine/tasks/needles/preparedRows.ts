/** Prepared runs as others write them: `{ids, span: [from, to), maxNew, answer?}`, one JSON object a line. */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import { Fault } from '../../terms/fault.ts';
import { jsonRows } from './jsonRows.ts';
import type { JsonRow } from './jsonRows.ts';
import { pieceOf } from './needlePieces.ts';
import type { PreparedRun, Span } from './preparedRun.ts';

export interface PreparedRowsOptions {
  /** Null for a model without one: an answer is then ids. */
  readonly tokenizer: Tokenizer | null;
  readonly vocabulary: number;
  readonly context: number;
  /** The file's name, for errors. */
  readonly where: string;
}

/** New tokens at most, where a row doesn't say: as many as Wu et al. decode. */
const usualMaxNew = 50;

export interface PreparedRows {
  readonly runs: readonly PreparedRun[];
  /** Rows that no run can be made of, each with its line and key. */
  readonly left: readonly { readonly id: string; readonly fault: Fault }[];
}

/**
 * `answer` is text or a list of ids. Optional besides: `id`, `needle` (runs of one needle are a cluster), `length`, `depth`;
 * other keys are not looked at. Throws Fault for a file that is no JSON Lines, for an id twice, and where no row is a run.
 */
export function preparedRows(text: string, options: PreparedRowsOptions): PreparedRows {
  const runs: PreparedRun[] = [];
  const left: { id: string; fault: Fault }[] = [];
  for (const [i, row] of jsonRows(text, options.where).entries()) {
    const made = runOrFault(row, i, options);
    if (made instanceof Fault) left.push({ id: `row-${i + 1}`, fault: made });
    else runs.push(made);
  }
  const [first] = left;
  if (runs.length === 0 && first !== undefined) throw first.fault;
  const twice = runs.find(({ id }, i) => runs.findIndex((other) => other.id === id) !== i);
  if (twice === undefined) return { runs, left };
  throw new Fault({ what: 'an id twice', where: options.where, expected: 'each run once', got: twice.id });
}

function runOrFault(row: JsonRow, index: number, options: PreparedRowsOptions): PreparedRun | Fault {
  try {
    return runOf(row, index, options);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function runOf(row: JsonRow, index: number, options: PreparedRowsOptions): PreparedRun {
  const { values } = row;
  const ids = idsOf(row, options);
  const answer = answerOf(row, options);
  const maxNew = values.get('maxNew') ?? usualMaxNew;
  if (!isCount(maxNew) || maxNew < 1) throw bad(row, 'maxNew', 'an integer, 1 or more');
  return {
    id: textOf(row, 'id') ?? `row-${index + 1}`,
    needle: textOf(row, 'needle'),
    length: numberOf(row, 'length'),
    depth: numberOf(row, 'depth'),
    ids,
    span: spanOf(row, ids.length),
    maxNew,
    ...answer,
  };
}

function idsOf(row: JsonRow, { vocabulary, context }: PreparedRowsOptions): readonly number[] {
  const ids = row.values.get('ids');
  if (!isIds(ids, vocabulary) || ids.length === 0) throw badIds(row, vocabulary);
  if (ids.length <= context) return ids;
  const expected = `at most ${context} tokens`;
  throw new Fault({ what: 'longer than the context', where: row.where, expected, got: String(ids.length) });
}

function spanOf(row: JsonRow, tokens: number): Span {
  const span = row.values.get('span');
  if (span === undefined)
    throw new Fault({
      what: 'no span',
      where: row.where,
      expected: 'span: [from, to), the positions in ids that hold the answer',
      got: `keys ${[...row.values.keys()].join(', ')}`,
    });
  const [from, to, ...more] = Array.isArray(span) ? (span as readonly unknown[]) : [];
  if (isCount(from) && isCount(to) && more.length === 0 && from < to && to <= tokens) return [from, to];
  throw bad(row, 'span', `[from, to) with 0 <= from < to <= ${tokens}`);
}

function answerOf(row: JsonRow, options: PreparedRowsOptions): Pick<PreparedRun, 'answer' | 'answerText'> {
  const { tokenizer, vocabulary } = options;
  const answer = row.values.get('answer') ?? null;
  if (answer === null) return { answer: null, answerText: null };
  if (isIds(answer, vocabulary) && answer.length > 0)
    return { answer, answerText: tokenizer === null ? null : tokenizer.decode(answer).trim() };
  if (typeof answer !== 'string' || answer.trim() === '') throw bad(row, 'answer', 'text or token ids');
  if (tokenizer === null) throw bad(row, 'answer', 'token ids, for the model has no tokenizer');
  return { answer: pieceOf(tokenizer, ` ${answer.trim()}`).ids, answerText: answer.trim() };
}

function textOf(row: JsonRow, key: string): string | null {
  const value = row.values.get(key) ?? null;
  if (value === null || typeof value === 'string') return value;
  throw bad(row, key, 'text');
}

function numberOf(row: JsonRow, key: string): number | null {
  const value = row.values.get(key) ?? null;
  if (value === null || (typeof value === 'number' && Number.isFinite(value) && value >= 0)) return value;
  throw bad(row, key, 'a number, 0 or more');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isIds(value: unknown, vocabulary: number): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => isCount(id) && id < vocabulary);
}

/** Names the first that is no id: a prompt has thousands. */
function badIds(row: JsonRow, vocabulary: number): Fault {
  const expected = `token ids below ${vocabulary}`;
  const ids: unknown = row.values.get('ids');
  const at = Array.isArray(ids) ? ids.findIndex((id) => !isIds([id], vocabulary)) : -1;
  if (!Array.isArray(ids) || at < 0) return bad(row, 'ids', expected);
  const got = `${JSON.stringify(ids[at])} at position ${at}`;
  return new Fault({ what: 'bad ids', where: row.where, expected, got: got.slice(0, 80) });
}

function bad({ values, where }: JsonRow, key: string, expected: string): Fault {
  const got = JSON.stringify(values.get(key)) ?? 'nothing';
  return new Fault({ what: `bad ${key}`, where, expected, got: got.slice(0, 60) });
}
