/** RazorAttention's choice of heads that keep their whole cache. */
import type { StreamingGroup } from './streamingHeads.ts';

export interface RazorKeep {
  readonly echo: readonly StreamingGroup[];
  readonly induction: readonly StreamingGroup[];
  /** Both lists, in the order of the model. */
  readonly either: readonly StreamingGroup[];
}

/** Of their code. */
export const razorShares = { echo: 0.01, induction: 0.14 } as const;

/**
 * The given shares of all KV heads with most echo and with most induction, each rounded up. Equal scores go by place: the original
 * picks by value, and so keeps too many of equal ones.
 */
export function razorKeep(
  groups: readonly StreamingGroup[],
  shares: { readonly echo: number; readonly induction: number },
): RazorKeep {
  const strongest = (score: 'echo' | 'induction') =>
    [...groups].sort((a, b) => b[score].mean - a[score].mean).slice(0, Math.ceil(shares[score] * groups.length));
  const [echo, induction] = [strongest('echo'), strongest('induction')];
  const either = groups.filter((group) => echo.includes(group) || induction.includes(group));
  const inOrder = (some: readonly StreamingGroup[]) => groups.filter((group) => some.includes(group));
  return { echo: inOrder(echo), induction: inOrder(induction), either };
}
