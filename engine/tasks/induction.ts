import { Fault } from '../terms/fault.ts';
import { drawBatch } from './batch.ts';
import { readOptions } from './options.ts';
import { distinct, ordinaryTokens } from './ordinaryTokens.ts';
import type { Prompt, Task, TaskOption, TaskRequest } from './task.ts';

const options = {
  length: {
    kind: 'integer',
    from: 2,
    to: 4096,
    default: 10,
    about: 'tokens in the sequence that is repeated; prompts have twice as many less one',
  },
} as const satisfies Record<string, TaskOption>;

/** Repeated random tokens (Olsson et al. 2022, arXiv 2209.11895). */
export const induction: Task = {
  id: 'induction',
  title: 'Repeated random tokens',
  about:
    'Random ordinary tokens, no two alike, then the same ones again without the last: the model must give it. Wrong: the other tokens of ' +
    'the sequence. Corrupt: the first half is replaced by other tokens. Negative: the second half is replaced. In neither does ' +
    'anything occur twice. A model without a tokenizer gets tokens of its whole vocabulary.',
  metric: 'negativeLogLikelihood',
  options,
  generate(request) {
    const { length } = readOptions('induction', options, request.options);
    const { ids: ordinary, tried } = ordinaryTokens(request);
    const needed = 2 * length;
    if (ordinary.length < needed) {
      throw new Fault({
        what: 'too few ordinary tokens',
        where: 'task induction',
        expected: `at least ${needed}`,
        got: `${ordinary.length} of ${tried} tried`,
      });
    }
    return drawBatch(induction, request, { tokens: [ordinary.length, tried] }, () =>
      drawPrompt(request, ordinary, length),
    );
  },
};

function drawPrompt({ tokenizer, random }: TaskRequest, ordinary: readonly number[], length: number): Prompt {
  const prefix = tokenizer === null || tokenizer.bosId === null ? [] : [tokenizer.bosId];
  const drawn = distinct(ordinary, 2 * length, random.below);
  const [sequence, others] = [drawn.slice(0, length), drawn.slice(length)];
  const answer = sequence.slice(-1);
  const start = sequence.slice(0, -1);
  const ids = [...prefix, ...sequence, ...start];
  const end = ids.length - 1;
  return {
    ids,
    corruptIds: [...prefix, ...others, ...start],
    negativeIds: [...prefix, ...sequence, ...others.slice(0, -1)],
    answers: answer,
    wrong: start,
    answerPosition: end,
    positions: { previous: end - length, answer: end - length + 1, repeat: prefix.length + length, end },
    text: null,
  };
}
