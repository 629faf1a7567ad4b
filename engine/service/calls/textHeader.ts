/** What a saved file says where the numbers come from plain text. */
import type { MeasuredHeader } from '../../results/measured.ts';
import type { Model } from '../../run/index.ts';
import type { Prompt } from '../../tasks/task.ts';
import { measuredHeader } from './measuredHeader.ts';
import type { PlainWindows } from './plainWindows.ts';

export function textHeader(
  model: Model,
  { rows, source, note }: PlainWindows,
  seed: number,
  units: number,
): MeasuredHeader {
  const measured = {
    ...({ prompts: rows.map(asPrompt), metric: 'negativeLogLikelihood', dataset: source, remaining: [] } as const),
    notes: note === null ? [] : [note],
  };
  const asked = { prompts: { kind: 'file', file: { name: source, text: '' } }, seed } as const;
  return measuredHeader(model, asked, measured, units);
}

/** Every token of a window is predicted: no position is the answer's. */
function asPrompt(ids: readonly number[]): Prompt {
  const none = { corruptIds: null, negativeIds: null, answers: [], wrong: [], positions: {}, text: null };
  return { ids, answerPosition: ids.length - 1, ...none };
}
