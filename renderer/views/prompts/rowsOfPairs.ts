/** Prompts of a task as rows of a prompt file: the ids decide, the texts are there to be read. */
import type { PromptPair, TokenInfo } from '../../../engine/results/promptSets.ts';
import type { PromptRow } from './promptFile.ts';

export function rowOfPair({ clean, corrupt, answers, wrong }: PromptPair): PromptRow {
  const known = new Map([...clean, ...(corrupt ?? [])].map(({ text, id }) => [text, id]));
  return {
    text: textOf(clean),
    ids: clean.map(({ id }) => id),
    ...(corrupt === null ? {} : { corrupt: textOf(corrupt), corruptIds: corrupt.map(({ id }) => id) }),
    ...tokens('answer', answers, known),
    ...tokens('wrong', wrong, known),
  };
}

/** A token that stands in the prompt is named by its id, which no reading of a text can miss. */
function tokens(key: string, texts: readonly string[], known: ReadonlyMap<string, number>): PromptRow {
  if (texts.length === 0) return {};
  const ids = texts.map((text) => known.get(text));
  return ids.includes(undefined) ? { [key]: texts } : { [`${key}Id`]: ids };
}

/** Without special tokens: the beginning of a sequence is put in front of a text anyway. */
export function textOf(tokens: readonly TokenInfo[]): string {
  return tokens.map(({ text, special }) => (special ? '' : text)).join('');
}
