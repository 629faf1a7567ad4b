/** What `headscope attribute` prints: the strongest units of each site, and how estimates agree with exact ablation. */
import type { AttributionRecord } from '../../exports/exportFormat.ts';
import { attributionHeads } from '../../exports/attributionHeads.ts';
import type { AttributedUnit, AttributionSettings, AttributionSite } from '../../results/attribution.ts';
import { isMagnitude, unitOfSite } from '../../results/attribution.ts';
import { measures } from '../../terms/measures.ts';
import type { Agreement, ComparedUnit, Comparison } from '../agreement.ts';
import { compareEffects } from '../agreement.ts';
import type { Column } from '../table.ts';
import { formatTable, interval, signed } from '../table.ts';
import { unitName } from '../unitName.ts';
import type { NamedHeads } from './effectsRun.ts';

/** Units of a site in full up to twice as many; otherwise as many from each end. */
const SHOWN = 10;
/** Units on which estimate and ablation differ most. */
const FARTHEST = 5;
/** The least difference that three decimals show. */
const VISIBLE = 0.001;

export function describeAttribution(record: AttributionRecord, against: NamedHeads | null): string {
  const compared = against === null ? [] : compareEffects(record.header, attributionHeads(record), against.file);
  const name = against?.name ?? '';
  const lacks = describeLacks(compared, name);
  return [
    headLine(record),
    ...record.header.sites.flatMap((site) => siteTables(record, site)),
    ...compared.flatMap((one) => ('lacks' in one ? [] : [describeAgreement(one, name)])),
    ...(lacks === '' ? [] : [lacks]),
  ].join('\n');
}

function headLine({ header, units, seconds }: AttributionRecord): string {
  const { settings, calibration, metricId } = header;
  const unit = measures[metricId].unit;
  return `${methodLine(settings)}: ${units.length} of ${header.units} units on ${calibration.sequences} prompts, in ${unit}, ${seconds.toFixed(1)} s\n`;
}

function methodLine({ method, steps, granularity, qkCorrection, gradDrop }: AttributionSettings): string {
  const estimated = method === 'atp' || method === 'integrated' ? 'resample ablation' : 'zero ablation';
  const how = [
    ...(steps === null ? [] : [`${steps} steps`]),
    ...(granularity === null ? [] : [`absolute value of each ${granularity}`]),
    ...(qkCorrection ? ['QK correction'] : []),
    ...(gradDrop ? ['GradDrop'] : []),
  ];
  return `${method}${how.length === 0 ? '' : ` (${how.join(', ')})`}, an estimate of ${estimated}`;
}

function siteTables({ header, baseline, units }: AttributionRecord, site: AttributionSite): string[] {
  const ofSite = units.filter((unit) => unit.site === site);
  const isSize = isMagnitude(header.settings);
  // What hurts most comes first: where higher is better, that is the lowest.
  const sign = isSize || baseline.direction === 'lower' ? -1 : 1;
  const order = [...ofSite].sort((a, b) => sign * (a.effect.mean - b.effect.mean) || a.layer - b.layer);
  return sections(order, isSize).map(
    ([title, rows]) =>
      `${site} (${unitOfSite[site]}), ${title}:\n${formatTable(
        columns,
        rows.map((unit) => unitRow(unit, isSize)),
      )}`,
  );
}

function sections(
  order: readonly AttributedUnit[],
  isSize: boolean,
): readonly (readonly [title: string, units: readonly AttributedUnit[]])[] {
  if (isSize) return [['largest magnitudes', order.slice(0, SHOWN)]];
  if (order.length <= 2 * SHOWN) return [['from what would hurt most to what would help most when replaced', order]];
  return [
    ['replacing these would hurt most', order.slice(0, SHOWN)],
    ['replacing these would help most', order.slice(-SHOWN).reverse()],
  ];
}

const columns: readonly Column[] = [
  { title: 'unit' },
  { title: 'estimate', align: 'right' },
  { title: '95 % interval' },
  { title: 'std. error', align: 'right' },
  { title: 'n', align: 'right' },
];

function unitRow({ effect, ...unit }: AttributedUnit, isSize: boolean): string[] {
  return [
    unitName(unit),
    isSize ? effect.mean.toFixed(3) : signed(effect.mean),
    effect.n < 2 ? 'unknown' : interval(effect.interval),
    effect.n < 2 ? '' : effect.standardError.toFixed(3),
    `${effect.n}`,
  ];
}

function describeAgreement(agreement: Agreement, name: string): string {
  const { site, exactId, units } = agreement;
  const against = agreement.isMagnitude ? `|${exactId}|` : exactId;
  const agree = `Pearson ${correlation(agreement.pearson)}, Spearman ${correlation(agreement.spearman)}`;
  return `${site} against ${against} of ${name}: ${agree} over ${units.length} units\n${farthestTable(agreement)}`;
}

function farthestTable({ units, isMagnitude: isSize }: Agreement): string {
  const rows = units.filter((unit) => differs(unit, isSize)).slice(0, FARTHEST);
  if (rows.length === 0) return isSize ? 'All ranks are the same.\n' : `None differs by ${VISIBLE} or more.\n`;
  return isSize
    ? `Farthest apart by rank (1 is the largest):\n${formatTable(rankColumns, rows.map(rankRow))}`
    : `Farthest apart (estimate - ablation):\n${formatTable(differenceColumns, rows.map(differenceRow))}`;
}

function differs({ estimate, exact, estimateRank, exactRank }: ComparedUnit, isSize: boolean): boolean {
  return isSize ? estimateRank !== exactRank : Math.abs(estimate - exact) >= VISIBLE;
}

/** One line for all sites that lack the same. */
function describeLacks(comparisons: readonly Comparison[], name: string): string {
  const bySite = comparisons.flatMap((one) => ('lacks' in one ? [one] : []));
  const reasons = [...new Set(bySite.map(({ lacks }) => lacks))];
  return reasons
    .map((reason) => {
      const sites = bySite.filter(({ lacks }) => lacks === reason).map(({ site }) => site);
      return `not compared with ${name}: ${sites.join(', ')} (${reason})\n`;
    })
    .join('');
}

function correlation(value: Agreement['pearson']): string {
  return value === null ? 'unknown (all equal)' : value.toFixed(3);
}

const differenceColumns: readonly Column[] = [
  { title: 'unit' },
  { title: 'estimate', align: 'right' },
  { title: 'ablation', align: 'right' },
  { title: 'difference', align: 'right' },
];

function differenceRow({ name, estimate, exact }: ComparedUnit): string[] {
  return [name, signed(estimate), signed(exact), signed(estimate - exact)];
}

const rankColumns: readonly Column[] = [
  { title: 'unit' },
  { title: 'estimate', align: 'right' },
  { title: '|ablation|', align: 'right' },
  { title: 'rank', align: 'right' },
  { title: 'rank of |ablation|', align: 'right' },
];

function rankRow({ name, estimate, exact, estimateRank, exactRank }: ComparedUnit): string[] {
  return [name, estimate.toFixed(3), exact.toFixed(3), `${estimateRank}`, `${exactRank}`];
}
