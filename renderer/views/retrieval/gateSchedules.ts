/** What a training of gates is asked for: a schedule, and what was changed in it. */
import type { GateChoice, GateSchedule } from '../../../engine/results/duoSchedules.ts';
import { duoSchedules } from '../../../engine/results/duoSchedules.ts';
import { formatNumber } from '../../marks/format.ts';

/** The schedule with what was changed in it. The scaled one takes no longer texts than the model does. */
export function gateChoice(schedule: GateSchedule, changes: Partial<GateChoice>, context: number): GateChoice {
  const usual = duoSchedules[schedule];
  const { from, to, count } = usual.lengths;
  const scaled = { from: Math.min(from, Math.floor(context / 2)), to: Math.min(to, context), count };
  return { ...usual, ...(schedule === 'scaled' ? { lengths: scaled } : {}), ...changes };
}

/** What is in the way of a training, in words; null where nothing is. */
export function gateProblem({ lengths: { from, to } }: GateChoice, context: number): string | null {
  if (from > to) return 'The shortest text is longer than the longest.';
  if (to <= context) return null;
  return `Texts of ${formatNumber(to)} tokens: this model takes ${formatNumber(context)} at most.`;
}

/** `200 steps (paper 2,000)`: each setting that is not the paper's. */
export function unlikePaper(choice: GateChoice): readonly string[] {
  const { paper } = duoSchedules;
  const parts = [wordsOf(choice), wordsOf(paper)] as const;
  return parts[0].flatMap((own, i) => (own === parts[1][i] ? [] : [`${own} (paper ${parts[1][i]})`]));
}

function wordsOf({ steps, sink, recent, lengths, passkeys, learningRate, regularisation }: GateChoice) {
  return [
    `${formatNumber(steps)} steps`,
    `texts of ${formatNumber(lengths.from)} to ${formatNumber(lengths.to)} tokens`,
    `sink ${sink}`,
    `recent ${recent}`,
    passkeys === null ? 'passkeys by length' : `${passkeys.count} passkeys of ${passkeys.words} words`,
    `learning rate ${learningRate}`,
    `penalty ${regularisation}`,
  ];
}
