/** A method's best nodes as a circuit file (engine/results/circuit.ts). Imports terms and results only. */
import type { Circuit } from '../results/circuit.ts';
import { checkCircuit } from '../results/circuit.ts';
import type { CircuitHeader, CircuitRanking } from '../results/circuitBench.ts';
import { Fault } from '../terms/fault.ts';
import { parseNode, compareNodes } from '../terms/nodes.ts';
import type { Node, NodeId } from '../terms/nodes.ts';
import { rounded } from './exportFormat.ts';

/**
 * The `size` nodes of the highest scores, in order of computation, each with its signed effect where the method has one, else its score.
 * Equal scores at the border: as in every curve of the run, the node that was drawn first stays (`header.drawn`); in runs of older
 * versions, which do not hold the draw, the earlier node. Throws Fault where fewer nodes have a score.
 */
export function foundCircuit(header: CircuitHeader, ranking: CircuitRanking, size: number): Circuit {
  const place = new Map((header.drawn ?? header.nodes).map((id, at) => [id, at]));
  const ranked = header.nodes
    .map((id, index) => ({
      id: id as NodeId,
      index,
      score: ranking.scores[index] ?? null,
      drawn: place.get(id) ?? NaN,
    }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.drawn - b.drawn);
  if (size > ranked.length) {
    const got = `${ranked.length} of ${header.nodes.length} nodes have a score`;
    throw new Fault({
      what: `a circuit of ${size} nodes by ${ranking.method}`,
      expected: `at most ${ranked.length}`,
      got,
    });
  }
  const nodes = ranked
    .slice(0, size)
    .map(({ id, index, score }) => ({ id, role: null, score: rounded(ranking.signed?.[index] ?? score ?? 0) }))
    .sort((a, b) => compareNodes(nodeAt(a.id), nodeAt(b.id)));
  return checkCircuit({ ...described(header, ranking), level: 'nodes', nodes, edges: [] }, 'circuit');
}

function described(header: CircuitHeader, { method, settings, seed }: CircuitRanking) {
  const { model, order, shape, calibration, options, metricId } = header;
  if (order === undefined) throw new RangeError('foundCircuit: a header of another version');
  const runs = seed === 'mean' ? ', mean of ranks over seeds' : '';
  const ties = header.drawn === undefined ? 'the earlier node first' : `in an order drawn from ${seedWords(header)}`;
  const isTask = !calibration.dataset.includes('.');
  return {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: { name: model.name, architecture: model.architecture, fingerprint: model.fingerprint, order, shape },
    task: isTask ? { name: calibration.dataset, options } : { prompts: calibration.dataset },
    source: `${header.environment.tool} circuit: ${method} ${JSON.stringify(settings)}${runs}; ${calibration.sequences} prompts, seed ${calibration.seed}, ${metricId}; equal scores: ${ties}; ${header.notes[0] ?? ''}`,
  };
}

function seedWords({ drawnFrom }: CircuitHeader): string {
  return drawnFrom === undefined ? 'the seed of the run' : `seed ${drawnFrom}`;
}

function nodeAt(id: NodeId): Node {
  const node = parseNode(id);
  if (node === null) throw new RangeError(`${id} is no node`);
  return node;
}
