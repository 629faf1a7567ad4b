/** Settings of a training of gates, as the engine has them (a test holds them to its). */
import type { RequestOf } from '../../../engine/results/contract.ts';
import { formatNumber } from '../../marks/format.ts';

export type GateChoice = Omit<RequestOf<'duo'>, 'model' | 'weights' | 'from'>;
export type GateSchedule = 'scaled' | 'paper';

const optimisation = { learningRate: 0.02, regularisation: 0.05, seed: 42 } as const;

export const gateSchedules: Readonly<Record<GateSchedule, GateChoice>> = {
  scaled: {
    ...optimisation,
    ...{ steps: 200, sink: 16, recent: 64, passkeys: null },
    lengths: { from: 512, to: 1024, count: 50 },
  },
  paper: {
    ...optimisation,
    ...{ steps: 2000, sink: 128, recent: 256, passkeys: { count: 10, words: 32 } },
    lengths: { from: 1000, to: 32_000, count: 50 },
  },
};

/** The schedule with what was changed in it. The scaled one takes no longer texts than the model does. */
export function gateChoice(schedule: GateSchedule, changes: Partial<GateChoice>, context: number): GateChoice {
  const usual = gateSchedules[schedule];
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
  const { paper } = gateSchedules;
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
