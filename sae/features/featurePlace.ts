/** Which head or layer of the model one row of a dictionary is. */
import type { Model } from '../../engine/run/index.ts';
import { layersOf } from '../activations/siteRows.ts';
import type { DictionaryInput } from '../input.ts';

export interface RowPlace {
  readonly layer: number;
  /** Null: of no head, or of all heads of the layer. */
  readonly head: number | null;
}

/** Of the rows of a token, in their order. */
export function rowPlaces(input: DictionaryInput, { family }: Pick<Model, 'family'>): readonly RowPlace[] {
  const { head } = input;
  const layers = layersOf(input, family);
  if (head !== 'each') return layers.map((layer) => ({ layer, head: typeof head === 'number' ? head : null }));
  return layers.flatMap((layer) => Array.from({ length: family.shape.heads }, (_, each) => ({ layer, head: each })));
}
