/** Estimated effects beside those that were measured: how well they agree, and where they do not. */
import { attributionId } from '../exports/attributionId.ts';
import { effectId } from '../exports/heads.ts';
import type { HeadsFile, HeadsUnit } from '../exports/headsSchema.ts';
import { unitKey } from '../exports/headsUnits.ts';
import { granularities } from '../exports/standing.ts';
import type { AttributionHeader, AttributionSite } from '../results/attribution.ts';
import { isMagnitude, unitOfSite } from '../results/attribution.ts';
import { averageRanks, pearson, spearman } from '../tasks/statistics.ts';
import { unitName } from './unitName.ts';

/** One site's estimates against the ablation that they are an estimate of, over the units that have both. */
export interface Agreement {
  readonly site: AttributionSite;
  /** `ablation.resample.logitDifference` */
  readonly exactId: string;
  /** The estimates have no sign: they stand against absolute values. */
  readonly isMagnitude: boolean;
  /** Null where either side has only one value. */
  readonly pearson: number | null;
  readonly spearman: number | null;
  /** Farthest apart first: by estimate - exact, magnitudes by rank, because their sizes need not be alike. */
  readonly units: readonly ComparedUnit[];
}

export interface ComparedUnit {
  readonly name: string;
  readonly estimate: number;
  /** The absolute value, against a magnitude. */
  readonly exact: number;
  /** 1 is the largest of all; equals at the mean of their ranks. */
  readonly estimateRank: number;
  readonly exactRank: number;
}

/** Agreement of a site, or why there is none. */
export type Comparison = Agreement | { readonly site: AttributionSite; readonly lacks: string };

/** For every site of the run: its estimates in `estimates` against exact ablation on the same prompts in `exact`. */
export function compareEffects(
  header: AttributionHeader,
  estimates: HeadsFile,
  exact: HeadsFile,
): readonly Comparison[] {
  return header.sites.map((site) => compareSite(header, site, estimates, exact));
}

function compareSite(
  { settings, metricId }: AttributionHeader,
  site: AttributionSite,
  estimates: HeadsFile,
  exact: HeadsFile,
): Comparison {
  if (site !== 'z' && site !== 'headWrite' && site !== 'mlpOut')
    return { site, lacks: 'headscope ablate does not replace it alone' };
  const ablation = settings.method === 'atp' || settings.method === 'integrated' ? 'resample' : 'zero';
  const [estimateId, exactId] = [attributionId(settings, site, metricId), effectId({ ablation, metricId })];
  const granularity = granularities[unitOfSite[site]];
  const metricIn = (file: HeadsFile, id: string) =>
    file.metrics.find((metric) => metric.id === id && metric.granularity === granularity);
  const [estimated, measured] = [metricIn(estimates, estimateId), metricIn(exact, exactId)];
  if (measured === undefined) return { site, lacks: `no ${exactId} of unit ${unitOfSite[site]}` };
  if (measured.calibration_id !== estimated?.calibration_id)
    return { site, lacks: `${exactId} was measured on other prompts (${measured.calibration_id ?? 'unknown'})` };
  const pairs = pairsOf(estimates, estimateId, exact, exactId);
  return { ...agreementOf(pairs, isMagnitude(settings)), site, exactId };
}

interface Pair {
  readonly name: string;
  readonly estimate: number;
  readonly exact: number;
}

/** Units that have a number under both ids. */
function pairsOf(estimates: HeadsFile, estimateId: string, exact: HeadsFile, exactId: string): readonly Pair[] {
  const measured = new Map(exact.units.map((unit) => [unitKey(unit), unit.values[exactId]?.mean ?? null]));
  return estimates.units.flatMap((unit) => {
    const [estimate, other] = [unit.values[estimateId]?.mean ?? null, measured.get(unitKey(unit)) ?? null];
    return estimate === null || other === null ? [] : [{ name: nameOf(unit), estimate, exact: other }];
  });
}

function nameOf({ layer, head, kv_group: kvGroup }: HeadsUnit): string {
  return unitName({ layer, ...(head === undefined ? {} : { head }), ...(kvGroup === undefined ? {} : { kvGroup }) });
}

function agreementOf(pairs: readonly Pair[], magnitude: boolean): Omit<Agreement, 'site' | 'exactId'> {
  const x = pairs.map(({ estimate }) => estimate);
  const y = pairs.map(({ exact }) => (magnitude ? Math.abs(exact) : exact));
  const [xRanks, yRanks] = [x, y].map((values) => averageRanks(values.map((value) => -Math.abs(value))));
  const units = pairs.map(({ name, estimate }, i) => ({
    ...{ name, estimate, exact: y[i] ?? NaN },
    ...{ estimateRank: xRanks?.[i] ?? NaN, exactRank: yRanks?.[i] ?? NaN },
  }));
  const distance = (unit: ComparedUnit) =>
    Math.abs(magnitude ? unit.estimateRank - unit.exactRank : unit.estimate - unit.exact);
  return {
    isMagnitude: magnitude,
    pearson: pearson(x, y),
    spearman: spearman(x, y),
    units: units.sort((a, b) => distance(b) - distance(a)),
  };
}
