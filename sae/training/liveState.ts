/** States whose weights lie in a step's memory: copied out when somebody reads them, and then only. */
import type { Part } from '../steps/stepLayout.ts';
import type { DictionaryState } from './dictionaryState.ts';

/** Where the values of the newest state lie. */
export interface WeightSource {
  /** Rises with every step. */
  readonly version: number;
  /** A copy of each weight, or of its moment. */
  read(part: Exclude<Part, 'gradient'>): ReadonlyMap<string, Float32Array>;
}

type Counted = Omit<DictionaryState, 'weights' | 'first' | 'second'>;

/** Weights and moments must be read for the first time before the next step is taken: RangeError after it. */
export function liveState(source: WeightSource, counted: Counted): DictionaryState {
  const { version } = source;
  const known = new Map<string, ReadonlyMap<string, Float32Array>>();
  const read = (part: Exclude<Part, 'gradient'>) => {
    const found = known.get(part);
    if (found !== undefined) return found;
    if (source.version !== version) throw new RangeError('training: a state was read after the next step was taken');
    const values = source.read(part);
    known.set(part, values);
    return values;
  };
  return {
    ...counted,
    get weights() {
      return read('weight');
    },
    get first() {
      return read('first');
    },
    get second() {
      return read('second');
    },
  };
}
