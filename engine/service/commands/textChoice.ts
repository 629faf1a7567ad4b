/** Plain text on the command line: the user's files, or stories of the program, cut into windows. */
import type { RequestOf } from '../../results/index.ts';
import type { Input } from '../input.ts';
import { readTextFile } from '../textFile.ts';
import type { Option } from './command.ts';

export const textOptions = {
  text: {
    type: 'string',
    multiple: true,
    value: 'F',
    about: 'plain text; repeatable (default: stories of the program)',
  },
  windows: { type: 'string', value: 'N', about: 'windows of text (default 32)' },
  length: { type: 'string', value: 'N', about: 'tokens of a window (default 256, or the context)' },
} as const satisfies Record<string, Option>;

/** `context`: tokens that the model takes at most. */
export async function readTexts(input: Input, context: number): Promise<RequestOf<'pruneCurve'>['texts']> {
  const files = [];
  for (const path of input.texts('text')) files.push(await readTextFile(path));
  return {
    source: files.length === 0 ? { kind: 'stories' } : { kind: 'files', files },
    n: input.integer('windows', { otherwise: 32, from: 1, to: 10_000 }),
    length: input.integer('length', { otherwise: Math.min(256, context), from: 2, to: context }),
  };
}
