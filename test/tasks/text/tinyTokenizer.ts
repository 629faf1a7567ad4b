import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenizer } from '../../../engine/files/tokenizer/index.ts';
import type { TaskTokenizer } from '../../../engine/tasks/task.ts';

const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join('fixtures', 'models', 'tiny-heads', name), 'utf8')) as Record<string, unknown>;

/** The tokenizer of the bundled model. */
export const bundled = createTokenizer({
  kind: 'json',
  tokenizer: read('tokenizer.json'),
  config: read('tokenizer_config.json'),
});

/** The same as tasks see it. */
export const tinyTokenizer: TaskTokenizer = {
  encode: (text) => bundled.encode(text, { special: false }),
  decode: (ids) => bundled.decode(ids),
  bosId: bundled.bosId,
};
