/** Training on rows that are all at hand. */
import { EpochOrder } from './epochOrder.ts';
import type { PursuitState, PursuitStep } from './pursuitTraining.ts';
import type { TrainerOptions } from './pursuitTrainer.ts';
import { PursuitTrainer } from './pursuitTrainer.ts';

export interface PursuitRun extends TrainerOptions {
  /** Steps at the end, those of the state that is gone on with among them. */
  readonly steps: number;
  /** Learning rate of step t, counted from 0. */
  readonly rateAt: (step: number) => number;
}

export interface TrainedStep extends PursuitStep {
  /** Steps taken. */
  readonly step: number;
  readonly rate: number;
  /** Copies the state as it is now: after the last step, or to go on from later. */
  readonly state: () => PursuitState;
}

/**
 * From a state (fresh or of an earlier run) to the last step, on batches of x [N D]. A run that stops anywhere and goes on from
 * its state ends with the same bits. Throws Fault for too few rows and for what is not finite.
 */
export async function* trainPursuit(
  x: Float32Array,
  state: PursuitState,
  run: PursuitRun,
): AsyncGenerator<TrainedStep, void> {
  const width = x.length / rowsIn(x, state);
  const order = new EpochOrder(rowsIn(x, state), run.rows, run.seed);
  const trainer = await PursuitTrainer.create(state, run);
  const batch = new Float32Array(run.rows * width);
  try {
    for (let step = state.step; step < run.steps; step++) {
      order.rowsOf(step).forEach((row, i) => batch.set(x.subarray(row * width, (row + 1) * width), i * width));
      const rate = run.rateAt(step);
      yield { ...trainer.step(batch, rate), step: step + 1, rate, state: () => trainer.state() };
    }
  } finally {
    await trainer.close();
  }
}

function rowsIn(x: Float32Array, { weights }: PursuitState): number {
  const width = weights.get('b_dec')?.length ?? 0;
  if (!(width > 0) || x.length % width !== 0) {
    throw new RangeError(`activations: expected rows of ${width}, got ${x.length} values`);
  }
  return x.length / width;
}
