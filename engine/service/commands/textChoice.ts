/** Text on the command line: the user's documents, or stories of the program, cut into windows. */
import type { CalibrationTexts } from '../../results/importance.ts';
import { readDocuments } from '../documents.ts';
import type { Input } from '../input.ts';
import type { Option } from './command.ts';

export const textOptions = {
  text: {
    type: 'string',
    multiple: true,
    value: 'F',
    about: '.txt, .jsonl or .parquet; repeatable (default: stories of the program)',
  },
  windows: { type: 'string', value: 'N', about: 'windows of text (default 32)' },
  length: { type: 'string', value: 'N', about: 'tokens of a window (default 256, or the context)' },
} as const satisfies Record<string, Option>;

/** `context`: tokens that the model takes at most. */
export async function readTexts(input: Input, context: number): Promise<CalibrationTexts> {
  const n = input.integer('windows', { otherwise: 32, from: 1, to: 10_000 });
  const length = input.integer('length', { otherwise: Math.min(256, context), from: 2, to: context });
  return { source: await readSource(input, n * length), n, length };
}

/** Characters of one token, more than any tokenizer's words have on the mean. */
const CHARACTERS = 16;

/** The documents of `--text`, as many as `tokens` may need; stories without it. */
export async function readSource(input: Input, tokens: number): Promise<CalibrationTexts['source']> {
  const paths = input.texts('text');
  if (paths.length === 0) return { kind: 'stories' };
  const documents = await readDocuments(paths, { characters: tokens * CHARACTERS });
  if (documents.length > 0) return { kind: 'documents', name: paths.join(', '), documents };
  return input.fail('--text', { expected: 'a document', got: 'none' });
}
