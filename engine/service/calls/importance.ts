/** What each unit of a model is worth on a text, by several criteria. */
import { criterionPairs, layerProfile } from '../../prune/agreement.ts';
import type { CriterionValues } from '../../prune/agreement.ts';
import type { CalibrationText } from '../../prune/calibration/calibrationText.ts';
import type { Criterion } from '../../prune/criteria/criterion.ts';
import { criterionById } from '../../prune/criteria/index.ts';
import { collectUnits } from '../../prune/importance/collect.ts';
import type { ImportanceEvent, ImportancePlan, ImportanceRequest } from '../../prune/importance/importance.ts';
import { importance } from '../../prune/importance/importance.ts';
import { perLayerOf, unitPlaces } from '../../prune/importance/units.ts';
import type { RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { ImportanceHeader, ImportanceRow } from '../../results/importance.ts';
import type { Model } from '../../run/index.ts';
import type { ModelSource } from '../openModels.ts';
import { calibrationFacts, calibrationOf, windowsOf } from './calibration.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { textHeader } from './textHeader.ts';

type Request = RequestOf<'importance'>;

/** Shares of the units at which criteria's choices are compared, and units that they differ most about. */
const compared = { shares: [0.05, 0.1, 0.25, 0.5], furthest: 10 };

export function importanceCall(models: ModelSource): Service['importance'] {
  return async function* rank(request, { signal }) {
    const started = performance.now();
    const criteria = request.criteria.map(criterionById);
    const { model, release } = await models.lease(request, signal);
    try {
      const text = calibrationOf(model, request.texts, request.seed);
      const rows: ImportanceRow[] = [...(request.known ?? [])];
      for await (const event of importance(model, askedOf(request, { criteria, text, signal }))) {
        if (event.kind === 'row') rows.push(event);
        await requireFinite(model, 'importance', numbersIn(event), signal);
        yield event.kind === 'plan'
          ? { kind: 'start', header: headerOf(model, request, { criteria, text }, event.plan) }
          : event;
      }
      const { unit, seed } = request;
      const { shape } = model.family;
      const { units, values } = collectUnits(rows, { shape, unit, criteria, seed });
      if (values.length > 0) yield* units;
      return { seconds: (performance.now() - started) / 1000, ...agreementOf(model, request, values), warnings: [] };
    } finally {
      release();
    }
  };
}

interface Asked {
  readonly criteria: readonly Criterion[];
  readonly text: CalibrationText;
}

function askedOf(
  request: Request,
  { criteria, text, signal }: Asked & { readonly signal: AbortSignal },
): ImportanceRequest {
  const { unit, heads = false, absGranularity = 'token', shapley, estimateOnly = false, seed, known = [] } = request;
  const { orders, tolerance, windows } = shapley ?? { orders: 20, tolerance: 0.01, windows: 1 };
  return {
    ...{ unit, criteria, text, heads, absGranularity, estimateOnly, seed, known, signal },
    shapley: { orders, tolerance, windows: Math.min(windows, text.windows.length) },
  };
}

function headerOf(model: Model, request: Request, { criteria, text }: Asked, plan: ImportancePlan): ImportanceHeader {
  const { unit, texts, seed, absGranularity = 'token' } = request;
  const units = unitPlaces(model.family.shape, unit).length;
  const measured = textHeader(model, windowsOf(text, texts), seed, units);
  return {
    ...{ ...measured, ...plan, unit, text: calibrationFacts(model, text) },
    criteria: criteria.map((criterion) => factsOf(criterion, absGranularity)),
    notes: [
      "documents follow each other with nothing between them; every position but a window's last predicts the next token",
      ...fewSamples(plan),
      ...measured.notes,
    ],
  };
}

/** Of fewer, a bootstrap says little. */
const enoughSamples = 8;

function fewSamples({ samples: { list, unit } }: ImportancePlan): string[] {
  if (list.length >= enoughSamples) return [];
  return [`intervals over ${list.length} ${unit}s say little: take ${enoughSamples} or more`];
}

function factsOf(
  criterion: Criterion,
  at: NonNullable<Request['absGranularity']>,
): ImportanceHeader['criteria'][number] {
  const { id, title, rule, family, formula, source, unit, signed } = criterion;
  const ablation = criterion.kind === 'ablated' ? criterion.by : criterion.kind === 'shapley' ? 'zero' : null;
  const absGranularity = criterion.kind === 'gates' && criterion.takesMagnitude ? at : null;
  return {
    id,
    title,
    rule,
    family,
    formula,
    source,
    unit,
    signed,
    direction: 'higher_keeps',
    ablation,
    absGranularity,
  };
}

function agreementOf(
  model: Model,
  { unit }: Request,
  values: readonly CriterionValues[],
): Pick<ResultOf<'importance'>, 'pairs' | 'profiles'> {
  const { shape } = model.family;
  const places = unitPlaces(shape, unit);
  return {
    pairs: criterionPairs(values, compared).map(({ furthest, ...pair }) => ({
      ...pair,
      furthest: furthest.map(({ unit: at, ...ranks }) => ({ ...(places[at] ?? { layer: 0, index: 0 }), ...ranks })),
    })),
    profiles: values
      .map((column) => layerProfile(column, perLayerOf(shape, unit)))
      .map(({ id, byLayer }) => ({ criterion: id, byLayer })),
  };
}

function numbersIn(event: ImportanceEvent): readonly number[] {
  if (event.kind === 'plan') return numbersOf([event.plan.loss]);
  if (event.kind !== 'row') return [];
  switch (event.of) {
    case 'values':
      return event.values;
    case 'ablation':
      return numbersOf([event.change, event.kl]);
    case 'order':
      return event.shares;
  }
}
