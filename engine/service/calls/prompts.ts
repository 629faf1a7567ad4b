/** Text and prompt files -> token ids of the open model. */
import type { Tokenizer } from '../../files/tokenizer/index.ts';
import type { PromptInput } from '../../results/records.ts';
import type { Model } from '../../run/index.ts';
import { parsePromptFile } from '../../tasks/promptFile.ts';
import type { Prompt, TaskTokenizer } from '../../tasks/task.ts';
import { Fault } from '../../terms/fault.ts';

/** Null for a model that came without one; Fault for one that does not fit the model. */
export function tokenizerOf(model: Model): Tokenizer | null {
  return model.tokenizerReason === null ? model.tokenizer : null;
}

/** A text gets what the model's own encoding puts around it. Fault with the reason where the model has no tokenizer. */
export function idsOf(model: Model, prompt: PromptInput): readonly number[] {
  if ('ids' in prompt) return prompt.ids;
  // Before the model's own encoding adds anything: a BOS alone is not what an empty prompt asks for.
  if (prompt.text === '') throw new Fault({ what: 'empty prompt', expected: 'at least one token' });
  return model.tokenizer.encode(prompt.text);
}

/** Printable form of one token; null without a tokenizer, and for an id that the tokenizer has no token for. */
export function tokenText(model: Model, id: number): string | null {
  const tokenizer = tokenizerOf(model);
  return tokenizer !== null && hasToken(tokenizer, id) ? tokenizer.tokenText(id) : null;
}

/** The same, `#123` where there is no text. */
export function shownToken(model: Model, id: number): string {
  return tokenText(model, id) ?? `#${id}`;
}

/** Text of ids: those without a token have none. */
export function decoded(tokenizer: Tokenizer, ids: readonly number[]): string {
  return tokenizer.decode(ids.filter((id) => hasToken(tokenizer, id)));
}

// Embeddings are often padded beyond the tokenizer's last id, and a model may predict such a row.
function hasToken(tokenizer: Tokenizer, id: number): boolean {
  try {
    tokenizer.bytesOf(id);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

export function promptsOfFile(model: Model, file: { readonly text: string; readonly name: string }): readonly Prompt[] {
  const { vocabulary, outputVocabulary, context } = model.family.shape;
  const tokenizer = taskTokenizer(model);
  return parsePromptFile(file.text, { tokenizer, vocabulary, outputVocabulary, context, where: file.name });
}

/** Tasks put BOS before a prompt exactly where the model's own encoding does. */
export function taskTokenizer(model: Model): TaskTokenizer | null {
  const tokenizer = tokenizerOf(model);
  return tokenizer === null ? null : forTasks(tokenizer);
}

/** A tokenizer as tasks and generated text use it. */
export function forTasks(tokenizer: Tokenizer): TaskTokenizer {
  return {
    encode: (text) => tokenizer.encode(text, { special: false }),
    decode: (ids) => decoded(tokenizer, ids),
    bosId: tokenizer.addsBos ? tokenizer.bosId : null,
  };
}
