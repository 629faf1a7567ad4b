/** What each method of a circuit run scores the heads with: a measure for each, filled when its ranking comes. */
import type { CircuitHeader, CircuitRanking } from '../../engine/results/circuitBench.ts';
import type { RunRow } from '../../engine/results/runs.ts';
import { parseHead } from '../state/headNames.ts';
import type { HeadMeasure } from './headMeasure.ts';

type Method = NonNullable<CircuitHeader['methods']>[number];

/** Empty for a run of an earlier version, which does not say its methods. */
export function circuitMeasures(run: string, rows: readonly RunRow[]): readonly HeadMeasure[] {
  const events = rows.flatMap((row) => (row.call === 'circuit' ? [row.event] : []));
  const start = events.find(({ kind }) => kind === 'start');
  if (start?.kind !== 'start') return [];
  const { header } = start;
  const rankings = events.flatMap((event) => (event.kind === 'row' && event.of === 'ranking' ? [event] : []));
  return (header.methods ?? []).map((method) => measureOf(run, header, method, finalOf(rankings, method)));
}

/** Of a method that draws, the one over its seeds. */
function finalOf(rankings: readonly CircuitRanking[], { method, seeded }: Method): CircuitRanking | null {
  const own = rankings.filter((row) => row.method === method);
  return own.find(({ seed }) => seed === (seeded ? 'mean' : null)) ?? null;
}

function measureOf(run: string, header: CircuitHeader, method: Method, ranking: CircuitRanking | null): HeadMeasure {
  const { shape, calibration } = header;
  const { about, role, source, seeded } = method;
  const title = titleOf(method);
  const unknown = () => new Float32Array(shape.layers * shape.heads).fill(NaN);
  const name = role === 'method' ? title : `${title} (${role})`;
  const more = seeded ? 'mean over seeds of each seed’s ranks; more ranks higher' : 'more ranks higher';
  return {
    ...{ id: `${run}/circuit-${method.method}`, run, call: 'scores', kind: 'circuit', family: 'circuits' },
    ...{ title: `Circuit: ${name}`, short: title, unit: seeded ? 'mean rank' : 'score' },
    ...{ range: null, signed: false, direction: null },
    about: `${about.replace(/\.$/, '')}; ${more}`,
    formula: seeded ? 'mean over seeds of rank(score), 1 the least, ties at their mean' : 'score of the method',
    ...{ source, rule: '' },
    dataset: `${calibration.dataset}, n ${calibration.sequences} prompts, seed ${calibration.seed}`,
    // One number from all prompts together: there is no interval over them.
    ...{ n: calibration.sequences, samples: '' },
    ...{ of: 'head', uniform: null, layers: shape.layers, heads: shape.heads },
    ...{ values: valuesOf(header, ranking), low: unknown(), high: unknown() },
  };
}

/** With its settings, of a method that was asked for several times: rows have those under `atp gradDrop=true`. */
function titleOf({ method, title }: Method): string {
  const [, ...settings] = method.split(' ');
  return [title, ...settings].join(', ');
}

/** At [layer * heads + head]; MLPs are no heads, and NaN is where the method says nothing. */
function valuesOf({ shape, nodes }: CircuitHeader, ranking: CircuitRanking | null): Float32Array {
  const values = new Float32Array(shape.layers * shape.heads).fill(NaN);
  ranking?.scores.forEach((score, i) => {
    const head = parseHead(nodes[i] ?? '');
    if (head !== null && score !== null) values[head.layer * shape.heads + head.head] = score;
  });
  return values;
}
