/** What a unit is called in tables and messages. */

interface Unit {
  readonly layer: number;
  readonly head?: number;
  readonly kvGroup?: number;
}

/** `L3H2`, `L3G1`; `L3` for what is the layer's own. */
export function unitName({ layer, head, kvGroup }: Unit): string {
  return `L${layer}${head === undefined ? (kvGroup === undefined ? '' : `G${kvGroup}`) : `H${head}`}`;
}
