/** Sizes of circuits, as shares of the nodes. */

/** Those of the circuit track of MIB (Mueller et al. 2025, arXiv 2504.13151, section 3). */
export const mibBudgets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1] as const;

/** Nodes in a share of them: rounded down, as MIB does, so that the smallest shares of few nodes are the empty circuit. */
export function sizeAt(share: number, nodes: number): number {
  // 0.29 * 100 is 28.999999999999996.
  return Math.min(nodes, Math.floor(share * nodes + 1e-9));
}
