/** Which KV heads keep full attention longest, by each way to tell: numbers by layer, then KV head. */
import type { PerKvHead } from '../../../engine/results/duo.ts';
import type { GateRows } from './gateRows.ts';
import { gatesNow } from './gateRows.ts';
import type { Kept, ProbeRows } from './probeRows.ts';
import { isKept } from './probeRows.ts';

export type QualityRanking = 'gates' | 'razor' | 'prior';

export const rankingTitles: Readonly<Record<QualityRanking, string>> = {
  gates: 'gates',
  razor: 'Razor',
  prior: 'prior',
};

export interface RankingSources {
  readonly gates: GateRows | null;
  readonly probe: ProbeRows | null;
  /** Which heads RazorAttention's rule keeps; null until the probe is done. */
  readonly kept: Kept | null;
}

/** Null where there are no such numbers. */
export function rankingScores(ranking: QualityRanking, sources: RankingSources): PerKvHead | null {
  const { gates, probe, kept } = sources;
  if (ranking === 'gates') return gates === null ? null : gatesNow(gates);
  if (probe === null || probe.groups.length < probe.header.shape.layers * probe.header.shape.kvHeads) return null;
  return ranking === 'razor' ? razorScores(probe, kept) : priorScores(probe);
}

/** RazorAttention says only which heads it keeps: those come first, and within each part the stronger in induction. */
function razorScores({ header: { shape }, groups }: ProbeRows, kept: Kept | null): PerKvHead | null {
  if (kept === null) return null;
  const scoreOf = ({ layer, kvGroup, induction }: ProbeRows['groups'][number]) =>
    induction.mean + (isKept(kept.keep, { layer, kvGroup }) ? 1 : 0);
  return byLayer(shape, groups, scoreOf);
}

function priorScores({ header: { shape, priorLength }, groups }: ProbeRows): PerKvHead | null {
  return priorLength === null ? null : byLayer(shape, groups, ({ prior }) => prior ?? NaN);
}

function byLayer(
  { layers, kvHeads }: ProbeRows['header']['shape'],
  groups: ProbeRows['groups'],
  scoreOf: (group: ProbeRows['groups'][number]) => number,
): PerKvHead {
  const scores = Array.from({ length: layers }, () => Array.from({ length: kvHeads }, () => NaN));
  for (const group of groups) scores[group.layer]?.splice(group.kvGroup, 1, scoreOf(group));
  return scores;
}
