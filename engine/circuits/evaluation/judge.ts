import type { CircuitJudged } from '../../results/circuitBench.ts';
import type { NodeId } from '../../terms/nodes.ts';
import { aucInterval, precisionInterval } from './areaInterval.ts';
import type { Reference } from './graded.ts';
import { graded } from './graded.ts';
import { precisionRecall } from './precisionRecall.ts';
import { roc } from './roc.ts';

type Judgement = Required<Omit<CircuitJudged, 'kind' | 'of' | 'method' | 'seed' | 'reference'>>;

/** A ranking held against one reference, with intervals over its nodes (`areaInterval.ts` says what they assume). */
export function judge(
  nodes: readonly NodeId[],
  scores: readonly (number | null)[],
  reference: Pick<Reference, 'items' | 'ignored'>,
): Judgement {
  const items = graded(nodes, scores, reference);
  const curve = roc(items);
  const { points, averagePrecision, bestF1 } = precisionRecall(items);
  const inside = items.filter(({ isIn }) => isIn).length;
  const counts = { inside, outside: items.length - inside };
  return {
    ...{ auc: curve.auc, aucPessimistic: curve.pessimistic, averagePrecision, f1: bestF1 },
    ...{ roc: curve.points, precisionRecall: points },
    overNodes: {
      ...counts,
      auc: aucInterval(curve.auc, counts),
      aucPessimistic: aucInterval(curve.pessimistic, counts),
      averagePrecision: precisionInterval(averagePrecision, counts),
    },
  };
}
