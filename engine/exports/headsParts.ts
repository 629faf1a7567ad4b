/** The parts of heads.json that are the same however effects were measured or estimated. Imports results only. */
import type { MeasuredHeader } from '../results/measured.ts';
import type { Summary } from '../results/records.ts';
import { measures } from '../terms/measures.ts';
import type { EffectsRecord } from './exportFormat.ts';
import { rounded } from './exportFormat.ts';
import type { HeadsFile, HeadsMetric, HeadsUnit, HeadsValue } from './headsSchema.ts';
import { headsVersion } from './headsSchema.ts';
import { kvGroupsOf, normalization, withStanding } from './standing.ts';

type AnyRecord = EffectsRecord<MeasuredHeader, unknown>;

/** The file of one run: these metrics, and of each unit its values under their ids. */
export function headsFileOf(
  record: AnyRecord,
  metrics: readonly HeadsMetric[],
  values: readonly HeadsUnit[],
): HeadsFile {
  const { header } = record;
  const units = withStanding(values, metrics);
  return {
    schema: 'head-importance',
    schema_version: headsVersion,
    created: record.created,
    tool: { name: 'headscope', version: record.version },
    ...modelParts(header),
    calibration: [calibrationOf(header)],
    metrics,
    units,
    ...kvGroupsOf(units, shapeOf(header)),
    environment: environmentOf(header),
    warnings: [...record.warnings, ...partialWarning(record), ...notANumberWarning(units)],
  };
}

/** What each metric says of its run. */
export function runOf({
  header,
  baseline,
  seconds,
}: AnyRecord): Pick<HeadsMetric, 'normalization' | 'calibration_id' | 'n_runs' | 'passed_runs' | 'seconds'> {
  return {
    normalization,
    calibration_id: calibrationId(header),
    n_runs: baseline.accuracy.n,
    passed_runs: Math.round(baseline.accuracy.mean * baseline.accuracy.n),
    seconds: rounded(seconds),
  };
}

/** A signed effect on the metric: a unit is worth keeping when removing it makes the metric worse. */
export function signedEffectOf({
  header: { metricId },
  baseline,
}: AnyRecord): Pick<HeadsMetric, 'unit' | 'direction' | 'signed' | 'baseline' | 'accuracy'> {
  return {
    unit: measures[metricId].unit,
    direction: measures[metricId].better === 'higher' ? 'lower_keeps' : 'higher_keeps',
    signed: true,
    baseline: headsValue(baseline.metric),
    accuracy: headsValue(baseline.accuracy),
  };
}

/** The parameters of a metric, or nothing where there are none. */
export function paramsOf(params: Readonly<Record<string, unknown>>): { params?: Readonly<Record<string, unknown>> } {
  return Object.keys(params).length === 0 ? {} : { params };
}

/** Settings of the task, where any were given. */
export function taskParams({ options }: MeasuredHeader): { options?: MeasuredHeader['options'] } {
  return Object.keys(options).length === 0 ? {} : { options };
}

export function headsValue({ mean, standardError, interval, n }: Summary): HeadsValue {
  // One prompt says nothing of the spread.
  const spread = (value: number) => (n < 2 ? null : finite(value));
  return { mean: finite(mean), se: spread(standardError), ci95: [spread(interval[0]), spread(interval[1])], n };
}

/** With at most 9 significant digits; null where it is no number, for JSON has none. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? rounded(value) : null;
}

/** The block types among the stored ones. */
function quantizationOf({ dtype }: MeasuredHeader['model']): { quantization?: string } {
  const blocks = dtype.split(', ').filter((type) => /^I?Q\d/.test(type));
  return blocks.length === 0 ? {} : { quantization: blocks.join(', ') };
}

function shapeOf({ shape, perLayer, ropeTheta }: MeasuredHeader): HeadsFile['shape'] {
  return {
    layers: shape.layers,
    q_heads: perLayer.map((layer) => layer.heads),
    kv_heads: perLayer.map((layer) => layer.kvHeads),
    head_dim: shape.headWidth,
    hidden: shape.width,
    ...(ropeTheta === null ? {} : { rope_theta: ropeTheta }),
    context: shape.context,
  };
}

function modelParts(header: MeasuredHeader) {
  const { model, tokenizer } = header;
  const sha256 = model.tokenizer ?? null;
  const present =
    tokenizer === null
      ? {}
      : {
          tokenizer: {
            ...(sha256 === null ? {} : { sha256 }),
            ...{ vocabulary: tokenizer.vocabulary, bos_prepended: tokenizer.bosPrepended },
          },
        };
  return {
    model: {
      id: model.name,
      fingerprint: model.fingerprint,
      dtype: model.dtype,
      held_as: model.weights,
      ...quantizationOf(model),
      architecture: model.architecture,
    },
    ...present,
    shape: shapeOf(header),
    index_base: 0 as const,
    ...numberingOf(header),
    gqa: { group_of_head: 'floor(h/r)', interleaved: false },
  };
}

/** Heads of a pruned model may have other numbers than they had: the file says which. */
function numberingOf({ originalHeads }: MeasuredHeader): Pick<HeadsFile, 'head_numbering' | 'original_index'> {
  if (originalHeads === undefined) return { head_numbering: 'original' };
  const lists = originalHeads.map((heads, layer) => [String(layer), heads] as const);
  return { head_numbering: 'current', original_index: Object.fromEntries(lists) };
}

function calibrationOf(header: MeasuredHeader) {
  const { dataset, sequences, tokens, length, tokenIdsSha256, seed } = header.calibration;
  return {
    id: calibrationId(header),
    dataset,
    n_sequences: sequences,
    ...(length === null ? {} : { seq_len: length }),
    n_tokens: tokens,
    token_ids_sha256: tokenIdsSha256,
    seed,
  };
}

function calibrationId({ calibration }: MeasuredHeader): string {
  return `${calibration.dataset}-${calibration.tokenIdsSha256.slice(0, 12)}`;
}

function environmentOf({ environment }: MeasuredHeader) {
  return {
    ort_version: environment.ortVersion,
    ep: environment.executionProvider,
    threads: environment.threads,
    cpu: environment.cpu,
    os: environment.os,
    determinism: 'same seed, same machine, same numbers',
  };
}

function partialWarning({ header, units }: AnyRecord): string[] {
  return units.length === header.units
    ? []
    : [`partial: ${units.length} of ${header.units} units, the run was cancelled`];
}

function notANumberWarning(units: readonly HeadsUnit[]): string[] {
  const values = units.flatMap((unit) => Object.values(unit.values));
  const spread = ({ n, se, ci95 }: HeadsValue) => (n < 2 ? [] : [se, ...(ci95 ?? [])]);
  const lost = values.filter((value) => [value.mean, ...spread(value)].includes(null)).length;
  return lost === 0 ? [] : [`${lost} values are not finite and are written as null`];
}
