import type { TaskTokenizer } from '../../engine/tasks/task.ts';

export interface WordTokenizerOptions {
  readonly bosId?: number | null;
  /** How many digits make one token at most. */
  readonly digits?: 1 | 2 | 3;
  /** Whether digits take the space before them, as they do in GPT-2. */
  readonly gluesDigits?: boolean;
  /** Words that are split into letters. */
  readonly unknown?: ReadonlySet<string>;
  /** Only these words are whole; all if left out. */
  readonly known?: ReadonlySet<string>;
  /** Puts a space in front of every text, as SentencePiece does. */
  readonly dummyPrefix?: boolean;
}

/** One token per word with the space before it; ids are given out in the order of appearance, from 10. */
export function wordTokenizer(options: WordTokenizerOptions = {}): TaskTokenizer {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  const idOf = (text: string) => {
    const id = ids.get(text) ?? texts.push(text) + 9;
    ids.set(text, id);
    return id;
  };
  const digits = options.digits ?? 1;
  const pattern = new RegExp(
    ` ?[A-Za-z]+|${options.gluesDigits === true ? ' ?' : ''}\\d{1,${digits}}| ?[^\\sA-Za-z\\d]+|\\s+(?!\\S)|\\s+`,
    'g',
  );
  const isWhole = (word: string) =>
    options.unknown?.has(word) !== true && (options.known === undefined || options.known.has(word));
  const encode = (text: string) => {
    const spaced = options.dummyPrefix === true && text !== '' ? ` ${text}` : text;
    return (spaced.match(pattern) ?? [])
      .flatMap((piece) => (/[A-Za-z]/.test(piece) && !isWhole(piece.trim()) ? [...piece] : [piece]))
      .map(idOf);
  };
  const decode = (tokens: readonly number[]) => tokens.map((id) => texts[id - 10] ?? '<unk>').join('');
  return { encode, decode, bosId: options.bosId ?? null };
}
