/** Circuits of growing size from one order of the nodes: how faithful each is. */
import type { CircuitArea, CircuitFaithful } from '../results/circuitBench.ts';
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

/** The best nodes of `order` (indices, the best first) at every budget. */
export async function circuitCurve(
  request: CurveRequest,
  order: readonly number[],
  name: CurveName,
): Promise<readonly CircuitFaithful[]> {
  const { removals, nodes, budgets, running } = request;
  const ends = await endsOf(request);
  const sizes = budgets.map((share) => sizeAt(share, nodes.length));
  const removed = await removals.without(
    sizes.map((size) => order.slice(size).map((index) => nodes[index] as NodeId)),
    running,
  );
  const summarise = summariser(ends.whole.length, request.seed);
  return budgets.map((share, i) => ({
    ...{ kind: 'row', of: 'faithful', ...name, k: sizes[i] ?? 0, share },
    ...keptBy(removed[i] as Removed, ends, summarise),
  }));
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

export function curveArea(rows: readonly CircuitFaithful[], name: CurveName): CircuitArea {
  const points = rows.flatMap(({ share, faithfulness: f }) => (f === null ? [] : [{ share, f: f.mean }]));
  const areas = points.length === rows.length ? budgetAreas(points) : { cpr: null, cmd: null };
  return { kind: 'row', of: 'area', ...name, ...areas };
}
