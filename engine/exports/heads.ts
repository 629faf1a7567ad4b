/** heads.json: which heads matter, in schema head-importance (headsSchema.ts). Imports terms and results only. */
import type { AblatedUnit, AblationHeader } from '../results/ablation.ts';
import { validate } from '../results/validate.ts';
import { Fault } from '../terms/fault.ts';
import { measures } from '../terms/measures.ts';
import type { AblationRecord, ExportFormat } from './exportFormat.ts';
import { inLayerOrder } from './exportFormat.ts';
import { migrated } from './headsMigrations.ts';
import { finite, headsFileOf, headsValue, paramsOf, runOf, signedEffectOf, taskParams } from './headsParts.ts';
import type { HeadsFile, HeadsMetric, HeadsUnit } from './headsSchema.ts';
import { headsSchema, headsVersion } from './headsSchema.ts';
import { headsTables } from './headsTables.ts';
import { mergeUnits, unitKey } from './headsUnits.ts';
import { hasKeys } from './isObject.ts';
import { parseJson } from './parseJson.ts';
import { granularities, kvGroupsOf, withStanding } from './standing.ts';

export const heads: ExportFormat = {
  id: 'heads',
  title: `Head importance (heads.json, schema head-importance ${headsVersion})`,
  file: 'heads.json',
  reader: {
    looksLike: (source) => hasKeys(source.peek(), 'schema'),
    read: (source, model) => headsTables(readHeads(source.text(), source.where), model, source.where),
  },
};

/** `ablation.zero.logitDifference`: the change of the metric, edited minus clean. */
export function effectId({ ablation, metricId }: Pick<AblationHeader, 'ablation' | 'metricId'>): string {
  return `ablation.${ablation}.${metricId}`;
}

/** `ablation.zero.kl`: KL from the clean to the edited next-token distribution. */
function klId({ ablation }: Pick<AblationHeader, 'ablation'>): string {
  return `ablation.${ablation}.kl`;
}

export function headsFile(record: AblationRecord): HeadsFile {
  const units = inLayerOrder(record.units).map((unit) => headsUnit(record.header, unit));
  return headsFileOf(record, metricsOf(record), units);
}

/** One line per unit, metric and calibration, so that two files compare line by line; at most 9 significant digits. */
export function writeHeads(file: HeadsFile): string {
  const fields = Object.entries(file).map(([name, field]) => `  ${JSON.stringify(name)}: ${layOut(field)}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}

/** The file that this text holds, of this version or an older one; a Fault names what is wrong in `where`. */
export function readHeads(text: string, where: string): HeadsFile {
  const file = validate(headsSchema, migrated(parseJson(text, where), where), where);
  checkIndices(file, where);
  return file;
}

/**
 * `older` with the metrics of `newer` added. The same model only; a metric that `older` has already is replaced when it
 * was measured on the same prompts, and refused when not, because one id can't mean two measurements.
 */
export function mergeHeads(older: HeadsFile, newer: HeadsFile, where: string): HeadsFile {
  requireSameModel(older, newer, where);
  refuseOtherCalibration(older, newer, where);
  const units = withStanding(mergeUnits(older.units, newer.units), newer.metrics);
  return {
    ...older,
    created: newer.created,
    tool: newer.tool,
    calibration: mergeBy(older.calibration, newer.calibration, ({ id }) => id),
    metrics: mergeBy(older.metrics, newer.metrics, metricKey),
    units,
    ...kvGroupsOf(units, older.shape, [...(older.kv_groups ?? []), ...(newer.kv_groups ?? [])]),
    environment: newer.environment,
    warnings: [...new Set([...older.warnings, ...newer.warnings])],
  };
}

/** Throws Fault where `older`, read from `where`, is of another model than `newer`. */
export function requireSameModel(older: HeadsFile, newer: HeadsFile, where: string): void {
  if (older.model.fingerprint === newer.model.fingerprint) return;
  throw new Fault({
    what: 'heads of another model',
    where,
    expected: `fingerprint ${newer.model.fingerprint}`,
    got: older.model.fingerprint,
  });
}

function metricsOf(record: AblationRecord): HeadsMetric[] {
  const { header } = record;
  const shared = {
    family: 'causal' as const,
    granularity: granularities[header.unit],
    ablation: { kind: `${header.ablation}_${ablatedSites(header)}`, scope: 'all', fill: fillOf(header) },
    // What the caller set beside the kind of ablation.
    ...paramsOf({ ...(header.align === null ? {} : { align: header.align }), ...taskParams(header) }),
    ...runOf(record),
  };
  const effect: HeadsMetric = {
    id: effectId(header),
    formula_ref: `${header.metricId}(edited) - ${header.metricId}(clean), mean over prompts`,
    ...signedEffectOf(record),
    ...shared,
  };
  const kl: HeadsMetric = {
    id: klId(header),
    formula_ref: 'KL(clean || edited) of the next token, mean over prompts',
    unit: measures.klDivergence.unit,
    direction: 'higher_keeps',
    signed: false,
    ...shared,
  };
  return [effect, kl];
}

/** Where the unit's output is replaced: `zero_z` and so on are the ids that other tools use. */
function ablatedSites({ unit, shape }: AblationHeader): string {
  switch (unit) {
    case 'head':
    case 'kv-group':
      return 'z';
    case 'layer':
      return shape.mlpWidth === null ? 'attnOut' : 'attnOut_mlpOut';
    case 'mlp':
      return 'mlpOut';
  }
}

function fillOf({ ablation, reference, scale }: AblationHeader): string {
  switch (ablation) {
    case 'zero':
      return '0';
    case 'mean':
      return `per-position mean over ${reference === null ? "the run's own clean prompts" : reference}`;
    case 'resample':
      return 'the corrupted prompt at the same position';
    case 'scale':
      return `the output times ${scale ?? 1}`;
    case 'uniform':
      return 'the output under equal attention to every visible key';
  }
}

function headsUnit(header: AblationHeader, unit: AblatedUnit): HeadsUnit {
  return {
    unit: header.unit,
    layer: unit.layer,
    ...(unit.head === undefined ? {} : { head: unit.head }),
    ...(unit.kvGroup === undefined ? {} : { kv_group: unit.kvGroup }),
    values: { [effectId(header)]: headsValue(unit.effect), [klId(header)]: headsValue(unit.kl) },
  };
}

function layOut(field: unknown): string {
  const isRows = Array.isArray(field) && field.some((row) => typeof row === 'object');
  if (!isRows) return asJson(field);
  return `[\n${field.map((row) => `    ${asJson(row)}`).join(',\n')}\n  ]`;
}

/** Counts, of bytes say, keep all their digits; what is no number becomes null. */
function asJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'number' && !Number.isInteger(inner) ? finite(inner) : inner,
  );
}

function checkIndices({ shape, metrics, units }: HeadsFile, where: string): void {
  for (const [name, list] of [
    ['q_heads', shape.q_heads],
    ['kv_heads', shape.kv_heads],
  ] as const) {
    if (list.length === shape.layers) continue;
    throw new Fault({ what: `shape.${name}`, where, expected: `${shape.layers} layers`, got: `${list.length}` });
  }
  requireMetricsOnce(metrics, where);
  const seen = new Set<string>();
  units.forEach((unit, position) => {
    const at = `${where}: units[${position}]`;
    checkUnit(unit, shape, at);
    const key = unitKey(unit);
    if (seen.has(key)) throw new Fault({ what: 'the same unit twice', where: at, got: key });
    seen.add(key);
  });
}

/** A metric given twice: which of the two its values are of is not said. */
function requireMetricsOnce(metrics: readonly HeadsMetric[], where: string): void {
  const keys = metrics.map(metricKey);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new Fault({ what: 'the same metric twice', where, got: twice.slice(0, 120) });
}

function checkUnit(unit: HeadsUnit, shape: HeadsFile['shape'], where: string): void {
  below(unit.layer, shape.layers, 'layer', where);
  const wanted = { head: unit.unit === 'head', kv_group: unit.unit === 'kv-group' };
  for (const field of ['head', 'kv_group'] as const) {
    const index = unit[field];
    if ((index !== undefined) !== wanted[field]) {
      const expected = `${wanted[field] ? 'a' : 'no'} ${field} in a unit of kind ${unit.unit}`;
      throw new Fault({ what: field, where, expected, got: `${index ?? 'none'}` });
    }
    const list = field === 'head' ? shape.q_heads : shape.kv_heads;
    if (index !== undefined) below(index, list[unit.layer] ?? 0, field, where);
  }
}

function below(index: number, bound: number, what: string, where: string): void {
  if (index < bound) return;
  throw new Fault({ what: `${what} out of range`, where, expected: `0 to ${bound - 1} (0-based)`, got: `${index}` });
}

function refuseOtherCalibration(older: HeadsFile, newer: HeadsFile, where: string): void {
  for (const metric of newer.metrics) {
    const present = older.metrics.find((other) => metricKey(other) === metricKey(metric));
    if (present === undefined || present.calibration_id === metric.calibration_id) continue;
    throw new Fault({
      what: `already holds ${metric.id} (${metric.granularity}) measured on other prompts`,
      where,
      expected: `calibration ${metric.calibration_id}`,
      got: `${present.calibration_id}`,
    });
  }
}

function metricKey({ id, granularity }: HeadsMetric): string {
  return `${id} ${granularity}`;
}

function mergeBy<T>(older: readonly T[], newer: readonly T[], key: (item: T) => string): T[] {
  return [...new Map([...older, ...newer].map((item) => [key(item), item])).values()];
}
