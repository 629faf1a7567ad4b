/** Does a generated text hold the answer, by the same gate as detection? */
import { answerF1, rougeRecall } from '../../../tasks/needles/index.ts';
import { passMark } from '../detectRun.ts';
import type { TargetRun } from '../retrievalScore.ts';

/** `text` is null for a model without a tokenizer: ids are the words then. */
export function isAnswered(
  { answer, answerText, judge }: Pick<TargetRun, 'answer' | 'answerText' | 'judge'>,
  said: readonly number[],
  text: string | null,
): boolean {
  const [wanted, got] = text === null ? [answer?.join(' ') ?? '', said.join(' ')] : [answerText ?? '', text];
  return (judge === 'f1' ? answerF1(wanted, got) : rougeRecall(wanted, got)) > passMark;
}
