/** Prompts of `planted-needle`: random words, one of them after `secret`, asked for by `recall`. */
import type { Model } from '../../../engine/run/index.ts';
import type { PreparedRun } from '../../../engine/tasks/needles/index.ts';

export const plantedNeedle = 'fixtures/models/planted-needle';

const words = 'apple river stone cloud horse table green lamp bread winter silver garden'.split(' ');

/** The marked word is at `at + 2`, after BOS and `secret`. */
export function plantedRun(model: Model, at: number, marked = 'ocean', more: Partial<PreparedRun> = {}): PreparedRun {
  const filler = Array.from({ length: 24 }, (_, i) => words[(i * 5 + at) % words.length] ?? '');
  const text = [...filler.slice(0, at), 'secret', marked, ...filler.slice(at), 'recall'].join(' ');
  const ids = model.tokenizer.encode(text);
  const answer = model.tokenizer.encode(marked, { special: false });
  const span = [at + 2, at + 3] as const;
  return {
    ...{ id: `run-${at}`, needle: marked, length: null, depth: null, maxNew: 1 },
    ...{ ids, span, answer, answerText: marked, ...more },
  };
}
