/** What the runs of a detection say together. */
import type { ModelShape } from '../../arch/architecture.ts';
import type { PlannedRun, RetrievedHead, RetrievedRun, RetrieveResult } from '../../results/retrieve.ts';
import type { HeadStatistics, ScoredRun, Stability } from './statistics.ts';
import { headStatistics, topStability } from './statistics.ts';

export type RetrievalSummary = Omit<RetrieveResult, 'seconds' | 'warnings' | 'settled'>;

/** Threshold for what Wu et al. call a retrieval head; for display, not a test. */
const tenth = 0.1;

/** Scores that are measured once for all runs, by id, layer by layer. */
export type OnceMeasured = Readonly<Record<string, readonly HeadStatistics[]>>;

/** Which rows the means are over: those of runs that passed, else those that were given the answer. */
export function countedRows(rows: readonly RetrievedRun[]): readonly RetrievedRun[] {
  return rows.filter(({ counts }) => counts);
}

/** Null for fewer than two runs. */
export function rankStability(
  rows: readonly RetrievedRun[],
  planned: readonly PlannedRun[],
  seed: number,
): Stability | null {
  return topStability(
    scored(countedRows(rows), planned, (row) => row.legacy),
    seed,
  );
}

export function summariseRetrieval(
  rows: readonly RetrievedRun[],
  planned: readonly PlannedRun[],
  { layers, heads }: Pick<ModelShape, 'layers' | 'heads'>,
  seed: number,
  once: OnceMeasured = {},
): RetrievalSummary {
  const counted = countedRows(rows);
  const generated = rows.filter(({ mode }) => mode === 'generate');
  const needles = new Set(counted.map(({ index }) => planned[index]?.needle ?? `run ${index}`));
  const statistics = headsOf(counted, planned, { layers, heads }, seed, once);
  const share = (is: (mean: number) => boolean) =>
    statistics.length === 0 ? 0 : statistics.filter(({ legacy }) => is(legacy.mean)).length / statistics.length;
  return {
    mode: counted[0]?.mode ?? rows[0]?.mode ?? 'generate',
    runs: counted.length,
    passed: generated.length === 0 ? counted.length : generated.filter(({ counts }) => counts).length,
    total: generated.length === 0 ? rows.length : generated.length,
    needles: needles.size,
    heads: statistics,
    zero: share((mean) => mean === 0),
    atLeastTenth: share((mean) => mean >= tenth),
    stability: rankStability(rows, planned, seed),
  };
}

function headsOf(
  rows: readonly RetrievedRun[],
  planned: readonly PlannedRun[],
  { layers, heads }: Pick<ModelShape, 'layers' | 'heads'>,
  seed: number,
  once: OnceMeasured,
): readonly RetrievedHead[] {
  if (rows.length === 0) return [];
  const legacy = headStatistics(
    scored(rows, planned, (row) => row.legacy),
    seed,
  );
  const capped = headStatistics(
    scored(rows, planned, (row) => row.capped),
    seed,
  );
  const others = [...othersOf(rows, planned, seed), ...Object.entries(once)];
  return Array.from({ length: layers * heads }, (_, at) => ({
    layer: Math.floor(at / heads),
    head: at % heads,
    legacy: part(legacy, at),
    capped: part(capped, at),
    scores: Object.fromEntries(others.map(([id, values]) => [id, part(values, at)])),
  }));
}

function othersOf(rows: readonly RetrievedRun[], planned: readonly PlannedRun[], seed: number) {
  const ids = [...new Set(rows.flatMap(({ scores }) => Object.keys(scores)))];
  return ids.flatMap((id) => {
    const read = scored(rows, planned, (row) => row.scores[id] ?? null);
    return read.length === 0 ? [] : [[id, headStatistics(read, seed)] as const];
  });
}

function scored(
  rows: readonly RetrievedRun[],
  planned: readonly PlannedRun[],
  of: (row: RetrievedRun) => readonly number[] | null,
): readonly ScoredRun[] {
  return rows.flatMap((row) => {
    const values = of(row);
    return values === null ? [] : [{ needle: planned[row.index]?.needle ?? null, values }];
  });
}

function part(values: readonly HeadStatistics[], at: number): HeadStatistics {
  const found = values[at];
  if (found === undefined) throw new RangeError(`retrieval: no head ${at}`);
  return found;
}
