/** The rows of a circuit run by what they say, as they came. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { CircuitHeader, CircuitRow } from '../../../engine/results/circuitBench.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import type { Baseline } from '../../../engine/results/taskReport.ts';

type Rows = { readonly [Of in CircuitRow['of']]: readonly Extract<CircuitRow, { readonly of: Of }>[] };

export interface CircuitView extends Rows {
  readonly header: CircuitHeader;
  readonly baseline: Baseline | null;
}

/** Null until the row that says what the run is. */
export function circuitOf(rows: readonly RunRow[]): CircuitView | null {
  const events = rows.flatMap((row) => (row.call === 'circuit' ? [row.event] : []));
  const start = events.find(({ kind }) => kind === 'start');
  if (start?.kind !== 'start') return null;
  const baseline = events.find(({ kind }) => kind === 'baseline');
  const known = events.filter(isRow);
  const of = <Of extends CircuitRow['of']>(kind: Of) =>
    known.filter((row): row is Extract<CircuitRow, { readonly of: Of }> => row.of === kind);
  return {
    header: start.header,
    baseline: baseline?.kind === 'baseline' ? baseline.baseline : null,
    ranking: of('ranking'),
    judged: of('judged'),
    faithful: of('faithful'),
    area: of('area'),
    studied: of('studied'),
    agreement: of('agreement'),
    sampled: of('sampled'),
    unsampled: of('unsampled'),
  };
}

function isRow(event: EventOf<'circuit'>): event is CircuitRow {
  return event.kind === 'row';
}

/** Ids of the methods that have a ranking, in the order in which they came. */
export function rankedMethods({ ranking }: Pick<CircuitView, 'ranking'>): readonly string[] {
  return [...new Set(ranking.map(({ method }) => method))];
}

/** Over its seeds, of a method that draws; of one that does not, its only one. The first seed until the others are there. */
export function rankingOf(
  { ranking }: Pick<CircuitView, 'ranking'>,
  method: string,
): CircuitView['ranking'][number] | null {
  const own = ranking.filter((row) => row.method === method);
  return own.find(({ seed }) => seed === 'mean' || seed === null) ?? own[0] ?? null;
}
