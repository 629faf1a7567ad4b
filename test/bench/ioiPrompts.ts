/** What is timed: 16 IOI prompts of 19 tokens, and text of any length made of them. */
import { readFileSync } from 'node:fs';
import { parsePromptFile } from '../../engine/tasks/promptFile.ts';
import type { Prompt } from '../../engine/tasks/task.ts';

const where = 'fixtures/real/ioi.jsonl';

export function ioiPrompts(): readonly Prompt[] {
  return parsePromptFile(readFileSync(where, 'utf8'), { tokenizer: null, vocabulary: Infinity, context: null, where });
}

/** Rows of the prompts one after another, each row starting at another prompt. */
export function someText(rows: number, length: number): number[][] {
  const prompts = ioiPrompts();
  return Array.from({ length: rows }, (_, row) => {
    const ids = [...prompts.slice(row), ...prompts.slice(0, row)].flatMap((prompt) => prompt.ids);
    return Array.from({ length }, (__, i) => ids[i % ids.length] ?? 0);
  });
}
