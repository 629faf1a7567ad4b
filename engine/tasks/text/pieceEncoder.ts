import type { TaskTokenizer } from '../task.ts';

/** Ids of a text by itself, remembered: words come again and again. */
export type PieceEncoder = (text: string) => readonly number[];

const encoders = new WeakMap<TaskTokenizer, PieceEncoder>();
/** Texts that are remembered before all are forgotten. */
const most = 100_000;

/** One encoder a tokenizer, so that what it remembers lasts. */
export function pieceEncoder(tokenizer: TaskTokenizer): PieceEncoder {
  const known = encoders.get(tokenizer);
  if (known !== undefined) return known;
  const ids = new Map<string, readonly number[]>();
  const encoder = (text: string) => {
    const remembered = ids.get(text);
    if (remembered !== undefined) return remembered;
    const encoded = tokenizer.encode(text);
    if (ids.size >= most) ids.clear();
    ids.set(text, encoded);
    return encoded;
  };
  encoders.set(tokenizer, encoder);
  return encoder;
}
