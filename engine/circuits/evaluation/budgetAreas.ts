/** Areas over budgets (Mueller et al. 2025, arXiv 2504.13151, section 3). */

export interface BudgetAreas {
  /** Under f: the higher, the better; above 1 where f is. */
  readonly cpr: number;
  /** Under |1 - f|: the lower, the better; 0 where every circuit is as good as the model. */
  readonly cmd: number;
}

/** sum over neighbouring budgets of (s_j+1 - s_j) (y_j + y_j+1) / 2 with a linear axis, from the smallest budget to the largest. */
export function budgetAreas(points: readonly { readonly share: number; readonly f: number }[]): BudgetAreas {
  const sorted = [...points].sort((a, b) => a.share - b.share);
  const area = (of: (f: number) => number) =>
    sorted.slice(1).reduce((sum, { share, f }, i) => {
      const before = sorted[i] as (typeof sorted)[number];
      return sum + ((share - before.share) * (of(before.f) + of(f))) / 2;
    }, 0);
  return { cpr: area((f) => f), cmd: area((f) => Math.abs(1 - f)) };
}
