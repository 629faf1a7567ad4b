/** The rows of a detection of retrieval heads: its runs as they came, and what they say of each head so far. */
import type { EventOf } from '../../engine/results/contract.ts';
import { clusteredMean } from '../../engine/results/maskPoints.ts';
import type { RankStability, RetrievedRun, RetrieveHeader, RetrieveResult } from '../../engine/results/retrieve.ts';
import { retrieveResult } from '../../engine/results/retrieve.ts';
import type { Column } from './column.ts';
import { emptyColumn, writeColumn } from './column.ts';

export interface RetrieveTable {
  readonly kind: 'retrieve';
  readonly header: RetrieveHeader;
  /** In the order in which they came; a generated run may come once more with its answer given. */
  readonly runs: readonly RetrievedRun[];
  readonly stability: RankStability | null;
  /** Over the runs that count, at [layer * heads + head]: `legacy`, `capped`, then the scores beside them, by id. */
  readonly scores: ReadonlyMap<string, Column>;
  /** Share of the runs that count in which a head copied at all; NaN where unknown. */
  readonly active: Float32Array;
}

export function foldRetrieve(table: RetrieveTable | null, event: EventOf<'retrieve'>): RetrieveTable | null {
  // A run that went on after an interruption says a second time what it is: what is known stays known.
  if (event.kind === 'start') return table ?? startRetrieve(event.header);
  if (table === null || event.kind === 'progress') return table;
  if (event.kind === 'stability') return { ...table, stability: event };
  const next = { ...table, runs: [...table.runs, event] };
  if (event.counts) writeMeans(next);
  return next;
}

function startRetrieve(header: RetrieveHeader): RetrieveTable {
  const cells = header.shape.layers * header.shape.heads;
  const ids = ['legacy', 'capped', ...header.scores.map(({ id }) => id)];
  return {
    ...{ kind: 'retrieve', header, runs: [], stability: null },
    scores: new Map(ids.map((id) => [id, emptyColumn(cells)] as const)),
    active: new Float32Array(cells).fill(NaN),
  };
}

function writeMeans({ header, runs, scores, active }: RetrieveTable): void {
  const counted = runs.filter(({ counts }) => counts);
  for (const [id, column] of scores) {
    const rows = withClusters(counted.flatMap((run) => rowOf(header, run, id)));
    for (let head = 0; head < column.mean.length; head++) {
      const mean = clusteredMean(rows.map(({ cluster, values }) => ({ cluster, value: values[head] ?? NaN })));
      if (mean === null) continue;
      // One needle or run alone says nothing of others.
      writeColumn(column, head, { ...mean, interval: mean.interval ?? [NaN, NaN] });
      if (id === 'legacy') active[head] = rows.filter(({ values }) => (values[head] ?? 0) > 0).length / rows.length;
    }
  }
}

interface ScoredRun {
  readonly needle: string | null;
  readonly values: readonly number[];
}

/** Nothing where the run has nothing that the score reads. */
function rowOf(header: RetrieveHeader, run: RetrievedRun, id: string): readonly ScoredRun[] {
  const values = id === 'legacy' || id === 'capped' ? run[id] : (run.scores[id] ?? null);
  return values === null ? [] : [{ needle: header.runs[run.index]?.needle ?? null, values }];
}

/** Runs of a needle are alike. Of one needle alone each run is a cluster: there is no other to compare with. */
function withClusters(
  runs: readonly ScoredRun[],
): readonly { readonly cluster: string; readonly values: readonly number[] }[] {
  const named = new Set(runs.map(({ needle }) => needle));
  return runs.map(({ needle, values }, i) => ({
    cluster: needle === null || named.size === 1 ? `run ${i}` : `needle ${needle}`,
    values,
  }));
}

/** The numbers of a run that is done take the place of those so far. */
export function withRetrieveResult(table: RetrieveTable, result: unknown): RetrieveTable {
  const read = readRetrieveResult(result);
  for (const { layer, head, legacy, capped, scores } of read?.heads ?? []) {
    const at = layer * table.header.shape.heads + head;
    for (const [id, mean] of Object.entries({ legacy, capped, ...scores })) writeColumn(table.scores.get(id), at, mean);
    table.active[at] = legacy.active;
  }
  return { ...table };
}

/** Null until the run is done. */
function readRetrieveResult(result: unknown): RetrieveResult | null {
  return retrieveResult.safeParse(result).data ?? null;
}
