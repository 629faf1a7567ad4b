/** Rankings of a circuit bench as tables of heads. Imports results only. */
import type { CircuitHeader, CircuitRanking } from '../results/circuitBench.ts';
import type { HeadTable } from '../results/importedScores.ts';
import { parseNode } from '../terms/nodes.ts';
import { headTable } from './headTable.ts';

/** One for each method: of methods that draw, the mean of ranks. MLPs are left out; a head without a score is unknown. */
export function circuitScores(header: CircuitHeader, rankings: readonly CircuitRanking[]): HeadTable[] {
  return rankings.filter(({ seed }) => typeof seed !== 'number').map((ranking) => tableOf(header, ranking));
}

function tableOf({ shape, nodes, calibration }: CircuitHeader, ranking: CircuitRanking): HeadTable {
  const values = new Float32Array(shape.layers * shape.heads).fill(NaN);
  nodes.forEach((id, index) => {
    const node = parseNode(id);
    if (node?.kind === 'head') values[node.layer * shape.heads + node.head] = ranking.scores[index] ?? NaN;
  });
  return headTable({
    id: ranking.method,
    title: `${ranking.method}: ${ranking.seed === 'mean' ? 'mean rank over seeds' : 'score'} as part of the circuit of ${calibration.dataset}`,
    kind: kindOf(ranking),
    unit: 'head',
    direction: 'higher_keeps',
    perLayer: Array.from({ length: shape.layers }, () => shape.heads),
    values,
  });
}

/** A signed effect without a gradient was measured by replacing the node. */
function kindOf({ signed, backwardPasses }: CircuitRanking): HeadTable['kind'] {
  if (backwardPasses > 0) return 'attribution';
  return signed === null ? 'proxy' : 'causal';
}
