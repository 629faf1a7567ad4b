/** A prompt that is being written: as fields of text, and as a row of a prompt file. */
import type { PromptRow } from './promptFile.ts';

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export interface Draft {
  readonly kind: 'plain' | 'chat';
  readonly text: string;
  readonly messages: readonly ChatMessage[];
  readonly corrupt: string;
  /** Answers and wrong tokens, several with `|` between them: their leading spaces count. */
  readonly answer: string;
  readonly wrong: string;
  /** Row of the prompt file that is edited; null: a new one. */
  readonly row: number | null;
}

export const emptyDraft: Draft = {
  kind: 'plain',
  text: '',
  messages: [{ role: 'user', content: '' }],
  corrupt: '',
  answer: '',
  wrong: '',
  row: null,
};

/** `chatIds`: a conversation as the model's template renders it, which a text alone could not say. */
export function rowOfDraft(draft: Draft, chatIds: readonly number[] | null): PromptRow {
  const prompt = draft.kind === 'chat' ? { ids: chatIds ?? [] } : { text: draft.text };
  const corrupt = draft.kind === 'chat' || draft.corrupt === '' ? {} : { corrupt: draft.corrupt };
  return { ...prompt, ...corrupt, ...list('answer', draft.answer), ...list('wrong', draft.wrong) };
}

function list(key: string, text: string): PromptRow {
  const parts = text.split('|').filter((part) => part !== '');
  return parts.length === 0 ? {} : { [key]: parts.length === 1 ? parts[0] : parts };
}

/** What a row says as text. Ids are shown by the texts that stand in for them. */
export function draftOfRow(
  row: PromptRow,
  at: number | null,
  shown: Pick<Draft, 'text' | 'corrupt' | 'answer' | 'wrong'>,
): Draft {
  const read = (key: 'text' | 'corrupt' | 'answer' | 'wrong') => textOf(row[key]) ?? shown[key];
  return {
    ...emptyDraft,
    text: read('text'),
    corrupt: read('corrupt'),
    answer: read('answer'),
    wrong: read('wrong'),
    row: at,
  };
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value.join('|') : null;
}
