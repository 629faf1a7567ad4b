import { usedTensors } from '../../arch/checkWeights.ts';
import { valueCount } from '../../files/storedTypes.ts';
import type { ModelDescription } from '../../run/index.ts';
import { headCuts } from '../surgery/headCuts.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import { emptyGroups } from '../surgery/headsByLayer.ts';

export interface RemovedSizes {
  readonly heads: number;
  /** Weights that only these heads use. */
  readonly parameters: number;
  /** Of keys and values, one token, float32. */
  readonly kvBytes: number;
}

/** What goes with these heads; keys and values go where a whole group does. */
export function removedSizes(
  { family, files }: Pick<ModelDescription, 'family' | 'files'>,
  removed: HeadsByLayer,
): RemovedSizes {
  const { shape } = family;
  const cuts = headCuts(family, usedTensors(family, files.tensors), removed, 'all');
  const gone = [...cuts.values()].map(
    ({ shape: full, units, keep }) => (valueCount(full) / units) * (units - keep.length),
  );
  const groups = [...removed.keys()].map((layer) => emptyGroups(shape, removed, layer).length);
  return {
    heads: sum([...removed.values()].map((heads) => heads.length)),
    parameters: sum(gone),
    kvBytes: 2 * 4 * shape.headWidth * sum(groups),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
