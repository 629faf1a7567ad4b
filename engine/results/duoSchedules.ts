/** Settings that a training of gates begins from, for the command line and the window alike. Imports nothing but the contract. */
import type { RequestOf } from './contract.ts';

/** A training without the model that it is of. */
export type GateChoice = Omit<RequestOf<'duo'>, 'model' | 'weights' | 'from'>;
export type GateSchedule = 'scaled' | 'paper';

const optimisation = { learningRate: 0.02, regularisation: 0.05, seed: 42 } as const;

/** `scaled`: what two cores do in an hour or less; `paper`: the schedule of the paper, for models with a long context. */
export const duoSchedules: Readonly<Record<GateSchedule, GateChoice>> = {
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
