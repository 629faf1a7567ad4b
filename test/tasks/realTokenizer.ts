import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openModelFiles } from '../../engine/files/open.ts';
import { createTokenizer } from '../../engine/files/tokenizer/index.ts';
import type { TaskTokenizer } from '../../engine/tasks/task.ts';

const path = join(process.env['HEADSCOPE_MODELS'] ?? '../shared/models', 'SmolLM2-135M-Instruct.Q4_1.gguf');

export const realTokenizer: TaskTokenizer | null = existsSync(path) ? await open() : null;

async function open(): Promise<TaskTokenizer> {
  const files = await openModelFiles(path);
  const tokenizer = createTokenizer(files.tokenizer, files.config);
  return {
    encode: (text) => tokenizer.encode(text, { special: false }),
    decode: (ids) => tokenizer.decode(ids),
    bosId: tokenizer.addsBos ? tokenizer.bosId : null,
  };
}
