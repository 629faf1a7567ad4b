/** heads.json of an importance run: every criterion of every unit, single heads beside KV groups. Imports results only. */
import type { ImportanceHeader, ImportanceOfUnit } from '../results/importance.ts';
import type { Summary } from '../results/records.ts';
import { finite, headsFileOf, headsValue } from './headsParts.ts';
import { rounded } from './exportFormat.ts';
import type { HeadsFile, HeadsMetric, HeadsUnit } from './headsSchema.ts';
import { granularities, normalization } from './standing.ts';

export interface ImportanceRecord {
  readonly header: ImportanceHeader;
  readonly units: readonly ImportanceOfUnit[];
  readonly seconds: number;
  readonly warnings: readonly string[];
  /** ISO 8601. */
  readonly created: string;
  /** Version of headscope. */
  readonly version: string;
}

export function importanceHeads(record: ImportanceRecord): HeadsFile {
  const metrics = record.header.criteria.map((criterion) => metricOf(record, criterion));
  const units = record.units.map((unit) => unitOf(record, unit));
  const file = headsFileOf({ ...record, baseline: noTask(record.header.loss) }, metrics, units);
  const calibration = file.calibration[0]?.id ?? '';
  const groups = file.kv_groups?.map((group, i) => ({ ...group, ...besides(record.units[i]) }));
  return {
    ...file,
    metrics: metrics.map((metric) => ({ ...metric, calibration_id: calibration })),
    ...(groups === undefined ? {} : { kv_groups: groups }),
  };
}

/** Of a KV group's heads, each by itself: the units are in the order of the groups. */
function besides(unit: ImportanceOfUnit | undefined): Pick<NonNullable<HeadsFile['kv_groups']>[number], 'agg'> {
  const known = Object.entries(unit?.values ?? {}).flatMap(([id, { heads }]) =>
    heads === null
      ? []
      : [[metricId(id), { max: rounded(heads.max), mean: rounded(heads.mean), sum: rounded(heads.sum) }] as const],
  );
  return known.length === 0 ? {} : { agg: Object.fromEntries(known) };
}

/** The shared parts ask for a task's baseline: on text it is the loss, and nothing is right or wrong. */
function noTask(loss: Summary) {
  const accuracy: Summary = { mean: NaN, standardError: NaN, interval: [NaN, NaN], n: loss.n };
  return { metricId: 'negativeLogLikelihood', direction: 'lower', metric: loss, accuracy, doesTask: true } as const;
}

function metricOf({ header, seconds }: ImportanceRecord, criterion: ImportanceHeader['criteria'][number]): HeadsMetric {
  const { id, family, formula, rule, unit, signed, ablation, absGranularity, source } = criterion;
  const kind = ablation === null ? {} : { ablation: { kind: `${ablation}_z`, scope: 'all', fill: fills[ablation] } };
  return {
    ...{ id: metricId(id), family, formula_ref: `${rule}: ${formula} (${source})` },
    ...{ unit, direction: 'higher_keeps', signed, granularity: granularities[header.unit] },
    ...kind,
    ...(absGranularity === null ? {} : { abs_granularity: absGranularity }),
    ...(id === 'shapley' && header.shapley !== null ? { params: { ...header.shapley } } : {}),
    ...{ baseline: headsValue(header.loss), loss: 'next token', normalization, seconds: rounded(seconds) },
  };
}

const fills = { zero: '0', mean: 'mean over tokens' } as const;

function metricId(criterion: string): string {
  return `importance.${criterion}`;
}

function unitOf({ header }: ImportanceRecord, { unit, layer, index, values }: ImportanceOfUnit): HeadsUnit {
  // One number of the whole text; of Shapley values, of one pair of orders.
  const lone = (id: string) => (id === 'shapley' ? 1 : header.samples.list.length);
  const place = unit === 'head' ? { head: index } : unit === 'kv-group' ? { kv_group: index } : {};
  const entries = Object.entries(values).map(([id, { value, interval, standardError, n = lone(id) }]) => {
    const se = standardError === undefined ? {} : { se: finite(standardError) };
    const ci = interval === null ? {} : { ci95: [finite(interval[0]), finite(interval[1])] as const };
    return [metricId(id), { mean: finite(value), ...se, ...ci, n }] as const;
  });
  return { unit, layer, ...place, values: Object.fromEntries(entries) };
}
