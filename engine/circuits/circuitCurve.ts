/** Circuits of growing size from one order of the nodes: how faithful each is. */
import type { CircuitArea, CircuitFaithful } from '../results/circuitBench.ts';
import { intervalsOfSums } from '../tasks/intervalsOfSums.ts';
import { summariser } from '../tasks/statistics.ts';
import type { NodeId } from '../terms/nodes.ts';
import type { Summary } from '../terms/summary.ts';
import { budgetAreas } from './evaluation/budgetAreas.ts';
import { sizeAt } from './evaluation/budgets.ts';
import type { Ends } from './evaluation/faithfulness.ts';
import { faithfulness } from './evaluation/faithfulness.ts';
import type { Removals, Removed, Running } from './removals.ts';

export interface CurveRequest {
  readonly removals: Removals;
  /** Of the whole node set. */
  readonly nodes: readonly NodeId[];
  readonly budgets: readonly number[];
  /** Of the bootstrap. */
  readonly seed: number;
  readonly running: Running;
}

/** Which circuits a curve is of. */
export type CurveName = Pick<CircuitFaithful, 'method' | 'draw' | 'order'>;

/** The metric with every node kept, and with every one replaced. */
export async function endsOf({ removals, nodes, running }: Omit<CurveRequest, 'budgets' | 'seed'>): Promise<Ends> {
  const [whole, empty] = await removals.without([[], nodes], running);
  return { whole: (whole as Removed).values, empty: (empty as Removed).values };
}

export interface CircuitCurve {
  readonly points: readonly CircuitFaithful[];
  readonly area: CircuitArea;
}

/** The best nodes of `order` (indices, the best first) at every budget. */
export async function circuitCurve(
  request: CurveRequest,
  order: readonly number[],
  name: CurveName,
): Promise<CircuitCurve> {
  const { removals, nodes, budgets, running, seed } = request;
  const ends = await endsOf(request);
  const sizes = budgets.map((share) => sizeAt(share, nodes.length));
  const removed = await removals.without(
    sizes.map((size) => order.slice(size).map((index) => nodes[index] as NodeId)),
    running,
  );
  const summarise = summariser(ends.whole.length, seed);
  const points = budgets.map((share, i): CircuitFaithful => ({
    ...{ kind: 'row', of: 'faithful', ...name, k: sizes[i] ?? 0, share },
    ...keptBy(removed[i] as Removed, ends, summarise),
  }));
  const kept = removed.map(({ values }) => faithfulness(values, ends));
  return { points, area: { kind: 'row', of: 'area', ...name, ...areaOf(budgets, kept, seed) } };
}

/** What a circuit keeps of the behaviour. */
export function keptBy(
  { values, kl }: Removed,
  ends: Ends,
  summarise: (values: ArrayLike<number>) => Summary,
): Pick<CircuitFaithful, 'faithfulness' | 'metric' | 'kl'> {
  const kept = faithfulness(values, ends);
  return { faithfulness: kept === null ? null : summarise(kept), metric: summarise(values), kl: summarise(kl) };
}

/** `kept`: f of every prompt at each budget, whose mean is f there. Prompts are resampled with all budgets together. */
function areaOf(
  budgets: readonly number[],
  kept: readonly (readonly number[] | null)[],
  seed: number,
): Omit<CircuitArea, 'kind' | 'of' | keyof CurveName> {
  const known = kept.filter((values) => values !== null);
  if (known.length < kept.length) return { cpr: null, cmd: null };
  const n = known[0]?.length ?? 0;
  const areas = (sums: ArrayLike<number>) =>
    budgetAreas(budgets.map((share, i) => ({ share, f: (sums[i] ?? NaN) / n })));
  const { cpr, cmd } = areas(known.map((values) => values.reduce((sum, value) => sum + value, 0)));
  const [ofCpr = null, ofCmd = null] = intervalsOfSums(known, seed, (sums) => {
    const drawn = areas(sums);
    return [drawn.cpr, drawn.cmd];
  });
  return { cpr, cmd, intervals: { n, cpr: ofCpr, cmd: ofCmd } };
}
