/** Prompts of a task as rows of a prompt file: the ids decide, the texts are there to be read. */
import type { PromptPair, TokenInfo } from '../../../engine/results/promptSets.ts';
import type { PromptRow } from './promptFile.ts';

/** `addedBos`: the id that is put in front of every text, null where none is. */
export function rowOfPair({ clean, corrupt, answers, wrong }: PromptPair, addedBos: number | null): PromptRow {
  const known = new Map([...clean, ...(corrupt ?? [])].map(({ text, id }) => [text, id]));
  return {
    ...sequence('text', 'ids', clean, addedBos),
    ...(corrupt === null ? {} : sequence('corrupt', 'corruptIds', corrupt, addedBos)),
    ...tokens('answer', answers, known),
    ...tokens('wrong', wrong, known),
  };
}

function sequence(textKey: string, idsKey: string, tokens: readonly TokenInfo[], addedBos: number | null): PromptRow {
  const text = textOf(tokens, addedBos);
  return { ...(text === null ? {} : { [textKey]: text }), [idsKey]: tokens.map(({ id }) => id) };
}

/** A token that stands in the prompt is named by its id, which no reading of a text can miss. */
function tokens(key: string, texts: readonly string[], known: ReadonlyMap<string, number>): PromptRow {
  if (texts.length === 0) return {};
  const ids = texts.map((text) => known.get(text));
  return ids.includes(undefined) ? { [key]: texts } : { [`${key}Id`]: ids };
}

/** The text of which these are the tokens, special ones spelled out; null where they end within a character. */
export function textOf(tokens: readonly TokenInfo[], addedBos: number | null): string | null {
  const written = tokens[0]?.id === addedBos ? tokens.slice(1) : tokens;
  const bytes = written.flatMap((token) => (token.partial ? namedBytes(token.text) : [...utf8.encode(token.text)]));
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

const utf8 = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** `<0xF0><0x9F>`, as half characters are shown. */
function namedBytes(text: string): readonly number[] {
  return [...text.matchAll(/<0x([0-9A-F]{2})>/g)].map(([, digits]) => Number.parseInt(digits ?? '', 16));
}
