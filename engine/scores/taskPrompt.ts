/** A task's prompt as one to read patterns on. */
import type { Prompt } from '../tasks/task.ts';
import type { ScorePrompt } from './headScore.ts';

/** What is to be copied are its answers, at its answer position; without answers the tokens themselves say it. */
export function taskPrompt({ ids, answers, answerPosition }: Prompt, bosId: number | null): ScorePrompt {
  return { ids, bosId, copies: answers.length === 0 ? null : [{ query: answerPosition, tokens: answers }] };
}
