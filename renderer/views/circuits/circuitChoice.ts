/** Which nodes are the circuit: the best k of a method, and those that were put in or taken out by hand. */
export interface ByHand {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const nothingByHand: ByHand = { added: [], removed: [] };

export function circuitNodes(order: readonly string[], k: number, { added, removed }: ByHand): readonly string[] {
  const best = order.slice(0, k).filter((node) => !removed.includes(node));
  return [...best, ...added.filter((node) => !best.includes(node) && !removed.includes(node))];
}

/** Of another model or node set some nodes are not there. */
export function handWithin({ added, removed }: ByHand, ranked: readonly string[]): ByHand {
  const isThere = (node: string) => ranked.includes(node);
  return { added: added.filter(isThere), removed: removed.filter(isThere) };
}

/** Put in where it is out, taken out where it is in. */
export function toggled(order: readonly string[], k: number, hand: ByHand, node: string): ByHand {
  const isIn = circuitNodes(order, k, hand).includes(node);
  const isBest = order.slice(0, k).includes(node);
  const added = hand.added.filter((other) => other !== node);
  const removed = hand.removed.filter((other) => other !== node);
  if (isIn) return { added, removed: isBest ? [...removed, node] : removed };
  return { removed, added: isBest ? added : [...added, node] };
}

/** `+L1H2 −L3H0`, of what differs from the best k. */
export function handWords(order: readonly string[], k: number, { added, removed }: ByHand): string {
  const best = order.slice(0, k);
  return [
    ...added.filter((node) => !best.includes(node)).map((node) => `+${node}`),
    ...removed.filter((node) => best.includes(node)).map((node) => `\u2212${node}`),
  ].join(' ');
}

/** As many as the reference has, else a tenth. */
export function usualSize(ranked: number, reference: readonly string[] | null): number {
  return reference === null || reference.length === 0 ? Math.max(1, Math.round(ranked / 10)) : reference.length;
}
