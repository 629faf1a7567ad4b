/** heads.json of a pruning plan: what it removes and in which order, who can run the result, and what chance does. Imports results only. */
import type { MeasuredHeader } from '../results/measured.ts';
import type { CurvePoint } from '../results/pruneCurve.ts';
import type { PrunePlan, PlanStep } from '../results/prunePlan.ts';
import { lossRise } from '../results/prunePlan.ts';
import type { Summary } from '../results/records.ts';
import type { MetricFamily } from '../terms/metricFamilies.ts';
import { rounded } from './exportFormat.ts';
import { finite, headsFileOf, headsValue } from './headsParts.ts';
import type { HeadsFile, HeadsMetric, HeadsUnit } from './headsSchema.ts';
import { normalization } from './standing.ts';

/** Everything that a `prunePlan` run gave, and the points of a curve where one was measured. */
export interface PlanRecord {
  readonly header: MeasuredHeader;
  readonly plan: PrunePlan;
  /** The criterion, what kind of number it is, and each unit's cost by it when nothing was removed. */
  readonly criterion: string;
  readonly family: MetricFamily;
  readonly costs: readonly { readonly layer: number; readonly index: number; readonly value: number }[];
  readonly loss: Summary;
  readonly steps: readonly PlanStep[];
  /** Rise of the loss, and KL, without all that the plan removes. */
  readonly pruned: { readonly change: Summary; readonly kl: Summary };
  readonly random: readonly { readonly change: Summary; readonly kl: Summary; readonly shared: number }[];
  readonly curve: readonly CurvePoint[];
  /** ISO 8601. */
  readonly created: string;
  /** Version of headscope. */
  readonly version: string;
}

export function planHeads(record: PlanRecord): HeadsFile {
  const { header, plan, created, version } = record;
  const metric = metricOf(record);
  const units = unitsOf(record, metric.id);
  const { seconds, warnings } = plan;
  const file = headsFileOf(
    { header, units, seconds, warnings, created, version, baseline: noTask(record) },
    [metric],
    units,
  );
  return {
    ...file,
    metrics: [{ ...metric, calibration_id: file.calibration[0]?.id ?? '' }],
    prune_plan: prunePlanOf(record),
    tensor_slices: plan.slices.map(({ tensor, axis, ranges }) => ({
      ...{ tensor, axis, ranges: ranges.map(([from, to]): [number, number] => [from, to]) },
      // As the checkpoint stores it; an ONNX MatMul has it the other way round.
      transposed: false,
    })),
    expected: {
      params_before: plan.before.parameters,
      params_after: plan.after.parameters,
      kv_bytes_per_token_before: plan.before.kvBytesPerToken,
      kv_bytes_per_token_after: plan.after.kvBytesPerToken,
      predicted_dNLL: finite(record.pruned.change.mean),
    },
    evaluation: evaluationOf(record),
  };
}

/** The shared parts ask for a task's baseline: on text it is the loss, and nothing is right or wrong. */
function noTask({ loss }: PlanRecord) {
  const accuracy: Summary = { mean: NaN, standardError: NaN, interval: [NaN, NaN], n: loss.n };
  return { metricId: 'negativeLogLikelihood', direction: 'lower', metric: loss, accuracy, doesTask: true } as const;
}

const granularities = { head: 'q_head', 'kv-group': 'kv_group' } as const;

function metricOf({ criterion, family, plan, loss }: PlanRecord): HeadsMetric {
  const isLoss = criterion === lossRise;
  return {
    id: isLoss ? 'ablation.zero.loss' : `plan.${criterion}`,
    family,
    formula_ref: isLoss ? 'loss(without the unit) - loss(full), mean over tokens' : criterion,
    unit: isLoss ? 'nats' : 'of the criterion',
    direction: 'higher_keeps',
    signed: true,
    granularity: granularities[plan.unit],
    ...(isLoss ? { ablation: { kind: 'zero_z', scope: 'all', fill: '0' } } : {}),
    baseline: headsValue(loss),
    normalization,
    seconds: rounded(plan.seconds),
  };
}

function unitsOf({ plan, costs, loss }: PlanRecord, id: string): HeadsUnit[] {
  const shielded = new Map(plan.protected.map(({ layer, index, reason }) => [`${layer}.${index}`, reason]));
  return costs.map(({ layer, index, value }) => {
    const reason = shielded.get(`${layer}.${index}`);
    return {
      ...{ unit: plan.unit, layer, ...(plan.unit === 'head' ? { head: index } : { kv_group: index }) },
      values: { [id]: { mean: finite(value), n: loss.n } },
      ...(reason === undefined ? {} : { protected: { bool: true, reason } }),
    };
  });
}

function prunePlanOf({ plan, steps, criterion }: PlanRecord): NonNullable<HeadsFile['prune_plan']> {
  return {
    ...{ unit: plan.unit, criterion, budget: { kind: plan.budget.kind, at_most: plan.budget.atMost } },
    order: steps.map(({ step, layer, index, cost, delta, cumulative }) => ({
      ...{ step, layer, id: index, cost: finite(cost), delta_at_step: finite(delta), cum_delta: finite(cumulative) },
    })),
    heads_to_prune: listed(plan.heads),
    kv_groups_to_prune: listed(plan.kvGroups),
    keep: Object.fromEntries(plan.keep.map((heads, layer) => [String(layer), [...heads]])),
    min_per_layer: plan.minPerLayer,
    rescored_every: plan.rescoredEvery,
    stopped_by: plan.stopped,
    legal_for: plan.legal.map((one) => ({ ...one })),
  };
}

/** Layers that lose none are left out. */
function listed(layers: readonly (readonly number[])[]): Record<string, number[]> {
  return Object.fromEntries(layers.flatMap((list, layer) => (list.length === 0 ? [] : [[String(layer), [...list]]])));
}

function evaluationOf({ plan, steps, costs, pruned, random, curve }: PlanRecord): NonNullable<HeadsFile['evaluation']> {
  const total = costs.length;
  const atEnd = [
    pointOf('loss_change', steps.length, total, pruned.change),
    pointOf('kl', steps.length, total, pruned.kl),
  ];
  const measured = curve
    .filter(({ draw }) => draw === null)
    .flatMap(({ units, change, kl }) => [
      pointOf('loss_change', units, total, change),
      pointOf('kl', units, total, kl),
    ]);
  return {
    curve: measured.length === 0 ? atEnd : measured,
    random_control: {
      ...{ draws: random.length, seed: plan.seed, matched_by_layer: true, metric: 'loss_change', k: steps.length },
      values: random.map(({ change }) => finite(change.mean)),
      shared_with_plan: random.map(({ shared }) => shared),
      ...(curve.some(({ draw }) => draw !== null) ? { curve: randomCurve(curve) } : {}),
    },
  };
}

function pointOf(metric: string, k: number, total: number, { mean, interval }: Summary) {
  const ci: [number | null, number | null] = [finite(interval[0]), finite(interval[1])];
  return { k, fraction: rounded(k / total), metric, value: finite(mean), ci };
}

/** The rise of the loss of every random order at each number of units. */
function randomCurve(curve: readonly CurvePoint[]) {
  const ks = [...new Set(curve.map(({ units }) => units))].toSorted((a, b) => a - b);
  const at = (k: number) => curve.filter(({ draw, units }) => draw !== null && units === k);
  return ks.map((k) => ({ k, metric: 'loss_change', values: at(k).map(({ change }) => finite(change.mean)) }));
}
