/** One row of a prompt file: checks every key, and makes ids of texts. */
import { Fault } from '../terms/fault.ts';
import { continuation } from './layout.ts';
import type { Prompt, TaskTokenizer } from './task.ts';

export interface RowSource {
  readonly tokenizer: TaskTokenizer | null;
  readonly vocabulary: number;
  /** Ids of answers are below it; `vocabulary` where left out. */
  readonly outputVocabulary?: number;
  readonly context: number | null;
  /** `prompts.jsonl, line 37`. */
  readonly where: string;
}

/** Characters of one text at most: longer ones are refused before they are encoded. */
const longest = 2 ** 20;

/** Characters before an answer that may decide how it is encoded. */
const junction = 100;

type Row = ReadonlyMap<string, unknown>;

const keys = ['text', 'ids', 'answer', 'answerId', 'wrong', 'wrongId', 'corrupt', 'corruptIds'];

/** Throws Fault naming the line and the key. */
export function promptOfRow(row: Row, source: RowSource): Prompt {
  checkKeys(row, source.where);
  const text = textAt(row, 'text', source);
  const ids = sequence(row, { idsKey: 'ids', textKey: 'text' }, source);
  if (ids === null) fail(source, null, 'no prompt', 'text or ids', [...row.keys()].join(', ') || 'an empty row');
  const corruptIds = sequence(row, { idsKey: 'corruptIds', textKey: 'corrupt' }, source);
  if (corruptIds !== null && corruptIds.length !== ids.length) {
    const key = row.has('corruptIds') ? 'corruptIds' : 'corrupt';
    fail(source, key, 'corrupt prompt of another length', `${ids.length} tokens`, String(corruptIds.length));
  }
  const context = row.has('ids') ? null : text;
  const outputs = { ...source, vocabulary: source.outputVocabulary ?? source.vocabulary };
  const answers = choices(row, { idKey: 'answerId', textKey: 'answer', context }, outputs);
  const wrong = choices(row, { idKey: 'wrongId', textKey: 'wrong', context }, outputs);
  const right = new Set(answers);
  const both = wrong.find((id) => right.has(id));
  if (both !== undefined) {
    fail(
      source,
      row.has('wrongId') ? 'wrongId' : 'wrong',
      'a wrong answer is an answer too',
      'others',
      named(source, both),
    );
  }
  const end = ids.length - 1;
  return { ids, corruptIds, negativeIds: null, answers, wrong, answerPosition: end, positions: { end }, text };
}

function checkKeys(row: Row, where: string): void {
  const stranger = [...row.keys()].find((key) => !keys.includes(key));
  if (stranger === undefined) return;
  throw new Fault({ what: 'unknown key', where, expected: `one of ${keys.join(', ')}`, got: stranger.slice(0, 60) });
}

/** The ids of a prompt, from its ids or else its text; null where the row has neither. */
function sequence(
  row: Row,
  { idsKey, textKey }: { idsKey: string; textKey: string },
  source: RowSource,
): readonly number[] | null {
  const text = textAt(row, textKey, source);
  if (row.has(idsKey)) return checkLength(idList(row, idsKey, source), idsKey, source);
  if (text === null) return null;
  const tokenizer = tokenizerFor(textKey, source);
  if (text === '') fail(source, textKey, 'empty prompt', 'at least one character', 'none');
  const ids = tokenizer.encode(text);
  const prefix = tokenizer.bosId === null ? [] : [tokenizer.bosId];
  return checkLength([...prefix, ...checkIds(ids, textKey, source)], textKey, source);
}

function checkLength(ids: readonly number[], key: string, source: RowSource): readonly number[] {
  if (ids.length === 0) fail(source, key, 'empty prompt', 'at least one token', 'none');
  if (source.context !== null && ids.length > source.context) {
    fail(source, key, 'prompt longer than the context', `at most ${source.context} tokens`, String(ids.length));
  }
  return ids;
}

/** The ids of answers or wrong answers, from ids or else texts; empty where the row has neither. */
function choices(
  row: Row,
  { idKey, textKey, context }: { idKey: string; textKey: string; context: string | null },
  source: RowSource,
): readonly number[] {
  const texts = row.has(textKey) ? textList(row, textKey, source) : [];
  const key = row.has(idKey) ? idKey : textKey;
  if (!row.has(key)) return [];
  const ids =
    key === idKey ? idList(row, idKey, source) : texts.map((text) => oneToken(text, { key, context }, source));
  if (ids.length === 0) fail(source, key, 'empty list', 'at least one', 'none');
  const twice = repeated(ids);
  if (twice !== undefined) fail(source, key, 'the same token twice', 'different tokens', named(source, twice));
  return ids;
}

function repeated(ids: readonly number[]): number | undefined {
  const seen = new Set<number>();
  return ids.find((id) => seen.size === seen.add(id).size);
}

/**
 * The one token of a text, as it is encoded after the prompt; where the prompt's end would join with it or is not known,
 * after a plain word or line, or alone. (Some tokenizers put a space before a text themselves, so alone comes last.)
 */
function oneToken(text: string, { key, context }: { key: string; context: string | null }, source: RowSource): number {
  const tokenizer = tokenizerFor(key, source);
  if (text === '') fail(source, key, 'empty answer', 'at least one character', 'none');
  const contexts = [...(context === null ? [] : [context.slice(-junction)]), /^\s/.test(text) ? 'the' : '\n'];
  const readings = [...contexts.map((before) => continuation(tokenizer, before, text)), tokenizer.encode(text)];
  const [id] = readings.find((ids) => ids?.length === 1) ?? [];
  if (id !== undefined) return checkIds([id], key, source)[0] as number;
  const tokens = readings.find((ids) => ids !== null) ?? [];
  const shown = tokens.slice(0, 8).map((token) => JSON.stringify(tokenizer.decode([token])));
  const rest = tokens.length > 8 ? ', ...' : '';
  const got = `${JSON.stringify(text.slice(0, 60))} as ${tokens.length}: ${shown.join(', ')}${rest}`;
  return fail(source, key, 'not one token', 'one token (is the leading space written?)', got);
}

function textAt(row: Row, key: string, source: RowSource): string | null {
  return row.has(key) ? checkText(row.get(key), key, source) : null;
}

function textList(row: Row, key: string, source: RowSource): readonly string[] {
  const value = row.get(key);
  if (!Array.isArray(value)) return [checkText(value, key, source, 'a text or a list of texts')];
  return value.map((text) => checkText(text, key, source, 'a text or a list of texts'));
}

function checkText(value: unknown, key: string, source: RowSource, expected = 'a text'): string {
  if (typeof value !== 'string') fail(source, key, 'wrong type', expected, kindOf(value));
  if (value.length > longest) fail(source, key, 'text too long', `at most ${longest} characters`, String(value.length));
  if (/\p{Surrogate}/u.test(value)) fail(source, key, 'bad text', 'whole characters', 'half of a surrogate pair');
  return value;
}

function idList(row: Row, key: string, source: RowSource): readonly number[] {
  const value: unknown = row.get(key);
  const single = key === 'answerId' || key === 'wrongId';
  if (Array.isArray(value)) return checkIds(value, key, source);
  if (single && typeof value === 'number') return checkIds([value], key, source);
  return fail(
    source,
    key,
    'wrong type',
    single ? 'a token id or a list of them' : 'a list of token ids',
    kindOf(value),
  );
}

function checkIds(ids: readonly unknown[], key: string, source: RowSource): readonly number[] {
  return ids.map((id) => {
    if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < source.vocabulary) return id;
    const got = typeof id === 'number' ? String(id) : kindOf(id);
    return fail(source, key, 'bad token id', `an integer from 0 to ${source.vocabulary - 1}`, got);
  });
}

function tokenizerFor(key: string, source: RowSource): TaskTokenizer {
  if (source.tokenizer !== null) return source.tokenizer;
  const idKey = { text: 'ids', corrupt: 'corruptIds', answer: 'answerId' }[key] ?? 'wrongId';
  return fail(source, key, 'the model has no tokenizer', idKey, 'text');
}

function named({ tokenizer }: RowSource, id: number): string {
  return tokenizer === null ? String(id) : `${id} ${JSON.stringify(tokenizer.decode([id]))}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function fail(source: RowSource, key: string | null, what: string, expected: string, got: string): never {
  const where = key === null ? source.where : `${source.where}, key ${key}`;
  throw new Fault({ what, where, expected, got });
}
