/** From a template to token ids, with the position of every slot known from how the text was built. */
import { Fault } from '../terms/fault.ts';
import type { TaskTokenizer } from './task.ts';

export interface Layout {
  /** The beginning-of-sequence id where there is one, then the text. */
  readonly ids: readonly number[];
  /** Token index of every slot, and `end`: the last one. */
  readonly positions: Readonly<Record<string, number>>;
  readonly text: string;
}

/**
 * Fills a template and finds its slots' tokens. ` [name]` is a slot with the space before it, `{name}` one without.
 * Null where a slot is not exactly one token in its place (the tokenizer joins or splits it).
 */
export function layOut(
  tokenizer: TaskTokenizer,
  template: string,
  words: Readonly<Record<string, string>>,
): Layout | null {
  const prefix = tokenizer.bosId === null ? [] : [tokenizer.bosId];
  const slots = slotsOf(template, words);
  const text = slots.text;
  const encoded = tokenizer.encode(text);
  const positions: Record<string, number> = {};
  for (const { name, word, to } of slots.spans) {
    const through = tokenizer.encode(text.slice(0, to));
    const isWord = tokenizer.decode(through.slice(-1)).trim() === word;
    if (!isWord || !startsWith(encoded, through)) return null;
    positions[name] = prefix.length + through.length - 1;
  }
  const ids = [...prefix, ...encoded];
  return { ids, positions: { ...positions, end: ids.length - 1 }, text };
}

interface Span {
  readonly name: string;
  readonly word: string;
  /** Where the slot ends in the text. */
  readonly to: number;
}

function slotsOf(template: string, words: Readonly<Record<string, string>>): { text: string; spans: Span[] } {
  const spans: Span[] = [];
  let text = '';
  for (const piece of template.split(/( ?\[\w+\]|\{\w+\})/)) {
    const name = /^ ?[[{](\w+)[\]}]$/.exec(piece)?.[1];
    const word = name === undefined ? piece : wordOf(words, name);
    text += name !== undefined && piece.startsWith(' ') ? ` ${word}` : word;
    if (name !== undefined) spans.push({ name, word, to: text.length });
  }
  return { text, spans };
}

function wordOf(words: Readonly<Record<string, string>>, name: string): string {
  const word = words[name];
  if (word === undefined) throw new RangeError(`template: no word for the slot ${name}`);
  return word;
}

/** The ids that `text` makes after `context`, or null where the two are not encoded independently. */
export function continuation(tokenizer: TaskTokenizer, context: string, text: string): readonly number[] | null {
  const before = tokenizer.encode(context);
  const whole = tokenizer.encode(context + text);
  return startsWith(whole, before) ? whole.slice(before.length) : null;
}

/**
 * The words that are one token after a space, with that token's id. Tried after another word, because some tokenizers
 * put a space before a text themselves; decoded again, because some have one id for everything they don't know.
 */
export function oneTokenWords(tokenizer: TaskTokenizer, words: readonly string[]): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  const taken = new Set<number>();
  for (const word of words) {
    const ids = continuation(tokenizer, 'the', ` ${word}`);
    const id = ids?.length === 1 ? ids[0] : undefined;
    if (id === undefined || taken.has(id) || tokenizer.decode([id]).trim() !== word) continue;
    kept.set(word, id);
    taken.add(id);
  }
  return kept;
}

/** Throws a Fault that names what remained, where fewer than `least` of a task's words are one token. */
export function requireWords(
  what: string,
  kept: readonly string[],
  of: number,
  { task, least }: { readonly task: string; readonly least: number },
): void {
  if (kept.length >= least) return;
  const names = kept.length === 0 ? '' : ` (${kept.slice(0, 10).join(', ')})`;
  throw new Fault({
    what: `the tokenizer has too few ${what} as one token`,
    where: `task ${task}`,
    expected: `at least ${least}`,
    got: `${kept.length} of ${of}${names}`,
  });
}

/** The tokenizer, or a Fault where the model has none. */
export function requireTokenizer(tokenizer: TaskTokenizer | null, task: string): TaskTokenizer {
  if (tokenizer !== null) return tokenizer;
  throw new Fault({
    what: 'the task is made of text',
    where: `task ${task}`,
    expected: 'a model with a tokenizer',
    got: 'none',
  });
}

function startsWith(ids: readonly number[], start: readonly number[]): boolean {
  return start.length <= ids.length && start.every((id, index) => ids[index] === id);
}
