/** A stored bench of circuits: one method's circuit as a file, and its node scores as MIB reads them. */
import { sizeAt } from '../../circuits/evaluation/budgets.ts';
import { writeCircuit } from '../../exports/circuit.ts';
import { foundCircuit } from '../../exports/foundCircuit.ts';
import { mibNodes } from '../../exports/mibNodes.ts';
import type { CircuitHeader, CircuitRanking } from '../../results/circuitBench.ts';
import { Fault } from '../../terms/fault.ts';
import type { StoredRun } from './runRows.ts';
import { noForm, RunRows } from './runRows.ts';

export interface CircuitRankings {
  readonly header: CircuitHeader;
  /** One a method: its only run, or the mean of its runs. */
  readonly rankings: readonly CircuitRanking[];
}

export async function rankingsOf(stored: StoredRun): Promise<CircuitRankings> {
  const rows = await RunRows.read(stored, 'circuit');
  const { header } = rows.one('start');
  const rankings = rows
    .all('row')
    .filter((row): row is CircuitRanking => row.of === 'ranking' && typeof row.seed !== 'number');
  return { header, rankings };
}

interface Asked {
  readonly format: 'circuit.json' | 'mib-nodes';
  /** The method; needed where there are several. */
  readonly metric?: string;
  /** Nodes that are left out of the circuit. */
  readonly remove?: number;
}

/** Of nodes, where nothing is said. */
const USUAL_SHARE = 0.1;

interface CircuitText {
  readonly text: string;
  readonly notes: readonly string[];
}

/** Throws Fault for a run of another call, and where the method is not named or not there. */
export async function circuitText(stored: StoredRun, asked: Asked): Promise<CircuitText> {
  const { format, metric, remove } = asked;
  if (stored.record.job.call !== 'circuit') throw noForm(stored.record, format, 'a run of circuit');
  const { header, rankings } = await rankingsOf(stored);
  const ranking = chosen(rankings, metric, stored.record.summary.id);
  if (format === 'mib-nodes') return { text: mibNodes(header, ranking), notes: [mibNote(header)] };
  const count = header.nodes.length;
  const size = remove === undefined ? Math.max(1, sizeAt(USUAL_SHARE, count)) : count - remove;
  if (size < 0) throw new Fault({ what: 'nodes to leave out', expected: `at most ${count}`, got: String(remove) });
  const note = `the ${size} of ${count} nodes that ${ranking.method} scores highest`;
  return { text: writeCircuit(foundCircuit(header, ranking, size)), notes: [note] };
}

function mibNote({ nodeSet }: CircuitHeader): string {
  const unscored = nodeSet === 'heads' ? 'the input and every MLP have no score' : 'the input has no score';
  return `${unscored}, so that its loader keeps them in every circuit`;
}

function chosen(rankings: readonly CircuitRanking[], metric: string | undefined, where: string): CircuitRanking {
  const [first, ...others] = metric === undefined ? rankings : rankings.filter(({ method }) => method === metric);
  if (first !== undefined && others.length === 0) return first;
  const expected = rankings.map(({ method }) => method).join(', ') || 'a run with a ranking';
  const what = metric === undefined ? 'which method' : 'no ranking of this method';
  throw new Fault({ what, where, expected, ...(metric === undefined ? {} : { got: metric.slice(0, 100) }) });
}
