/** Everything that training changes: the next steps depend on this and on nothing else that is remembered. */
import type { TrainingState } from '../../engine/train/state.ts';
import { startState } from '../../engine/train/state.ts';

export interface DictionaryState extends TrainingState {
  /** [F] rows since each feature was last active, not counted beyond the window after which it is dead. */
  readonly sinceFired: Float32Array;
  /** [F] share of rows on which each feature is active: a running mean. */
  readonly density: Float32Array;
  /** Running means of scalars that the inference form needs. */
  readonly tracked: ReadonlyMap<string, number>;
  /** Step after which features were last resampled; null: never. */
  readonly resampledAt: number | null;
}

export function startDictionaryState(weights: ReadonlyMap<string, Float32Array>, features: number): DictionaryState {
  return {
    ...startState(weights),
    sinceFired: new Float32Array(features),
    density: new Float32Array(features),
    tracked: new Map(),
    resampledAt: null,
  };
}

/** Share of the newest batch in a running mean. */
const weightOfBatch = 0.01;

export interface BatchReadings {
  /** [F] rows of the batch on which each feature was active. */
  readonly fired: Float32Array;
  readonly tracked: ReadonlyMap<string, number>;
  readonly rows: number;
}

/** The counters and running means after one more batch. */
export function afterBatch(
  { sinceFired, density, tracked, step }: Omit<DictionaryState, 'weights' | 'first' | 'second'>,
  { fired, tracked: read, rows }: BatchReadings,
  window: number,
): Pick<DictionaryState, 'sinceFired' | 'density' | 'tracked'> {
  // The first batches count alike, so that the start at zero leaves no trace.
  const share = Math.max(weightOfBatch, 1 / (step + 1));
  const mean = (before: number, now: number) => before + share * (now - before);
  return {
    sinceFired: sinceFired.map((count, i) => (fired[i] === 0 ? Math.min(count + rows, window) : 0)),
    density: density.map((value, i) => mean(value, (fired[i] as number) / rows)),
    tracked: new Map([...read].map(([name, value]) => [name, mean(tracked.get(name) ?? 0, value)] as const)),
  };
}

/** [F]: 1 for features that were not active within the window, else 0. */
export function deadFeatures({ sinceFired }: Pick<DictionaryState, 'sinceFired'>, window: number): Float32Array {
  return sinceFired.map((count) => Number(count >= window));
}
