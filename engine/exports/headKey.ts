/** `layer-head`, both from 0: how Retrieval_Head and the tools after it name a head. Imports nothing. */

export interface Place {
  readonly layer: number;
  /** Of the head, or of the group, within its layer. */
  readonly index: number;
}

export function headKey({ layer, index }: Place): string {
  return `${layer}-${index}`;
}

/** null where the text is no such key. */
export function placeOfKey(key: string): Place | null {
  const match = /^\s*(\d{1,9})-(\d{1,9})\s*$/.exec(key);
  return match === null ? null : { layer: Number(match[1]), index: Number(match[2]) };
}

/** Every place of these layers, layer by layer. */
export function placesOf(perLayer: readonly number[]): Place[] {
  return perLayer.flatMap((units, layer) => Array.from({ length: units }, (_, index) => ({ layer, index })));
}
