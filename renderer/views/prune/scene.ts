/** What a plan, a curve and the slider measure: an order of removal on a text and a task, and what made the order. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { PlanBasis } from '../../../engine/results/planBasis.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { PromptsChoice } from '../../state/workspace.ts';
import type { CriterionColumn, ImportanceView } from '../../api/importanceFold.ts';
import { planOrder } from './planOrder.ts';
import type { PruneModel } from './pruneModel.ts';
import type { PruneSettings } from './pruneSettings.ts';
import { measuredCosts, textsOf } from './pruneSettings.ts';
import { perLayerOf } from '../../api/unitNumber.ts';
import { unitAt } from './pruneUnits.ts';
import type { StaysRequest } from './stays.ts';
import { staysOf } from './stays.ts';

export type Scene = Omit<RequestOf<'pruneCurve'>, 'points' | 'draws' | 'done' | 'glance' | 'basis'>;

/** What the settings ask for. */
export interface Prepared {
  /** Everything of a scene but the order. */
  readonly on: Omit<Scene, 'order'>;
  /** Null where it is known only once the plan is made. */
  readonly scene: Scene | null;
  readonly basis: PlanBasis;
  /** Units that may go. */
  readonly candidates: number;
}

export interface SceneSources {
  readonly settings: PruneSettings;
  readonly model: PruneModel;
  readonly prompts: PromptsChoice | null;
  readonly view: ImportanceView | null;
  /** What protects heads; of none, an empty set and null. */
  readonly protects: Pick<StaysRequest, 'set' | 'retrieval' | 'induction'>;
}

/** Or in words what is in the way. */
export function preparedScene({ settings, model, prompts, view, protects }: SceneSources): Prepared | string {
  const chosen = criterionOf(settings, model, view);
  if (typeof chosen === 'string') return chosen;
  const { unit, shape, costs, values } = chosen;
  const { minPerLayer, seed, withTask, rescoreEvery } = settings;
  const stays = new Set(staysOf({ shape, unit, ...protects }).keys());
  const order = planOrder({ shape, unit, values, stays, minPerLayer });
  if (order.length === 0) return 'Nothing may go: protect less, or let layers keep less.';
  // Random orders leave what the plan has to leave.
  const kept = stays.size === 0 ? {} : { kept: [...stays].map((at) => unitAt(shape, unit, at)) };
  const on = {
    ...{ ...model.choice, unit, texts: textsOf(settings, model.shape.context), seed },
    ...(withTask && prompts !== null ? { task: prompts } : {}),
  };
  return {
    ...{ on, scene: costs === null ? null : { ...on, order, ...kept }, candidates: order.length },
    basis: {
      ...(costs === null ? {} : { costs }),
      protect: protectionOf({ shape, unit, ...protects }),
      minPerLayer,
      rescore: rescoreEvery === 0 ? null : { every: rescoreEvery, share: 0.2 },
    },
  };
}

interface ChosenCriterion {
  readonly unit: 'head' | 'kv-group';
  readonly shape: PruneModel['shape'];
  readonly costs: NonNullable<PlanBasis['costs']> | null;
  readonly values: ArrayLike<number>;
}

function criterionOf(
  { criterion, unit: wanted }: PruneSettings,
  { shape: own }: PruneModel,
  view: ImportanceView | null,
): ChosenCriterion | string {
  if (criterion === measuredCosts) {
    const unit = wanted === 'head' ? 'head' : 'kv-group';
    return { unit, shape: own, costs: null, values: new Float32Array(own.layers * perLayerOf(own, unit)) };
  }
  if (view === null) return 'Measure criteria first: they say what goes first.';
  const { unit, shape } = view.header;
  if (unit === 'layer' || unit === 'mlp')
    return 'Only heads and KV groups are pruned: choose a run of criteria on them.';
  const column = view.columns.find(({ id }) => id === criterion);
  if (column === undefined || column.known < column.values.length)
    return 'This criterion is not known for all units yet.';
  return { unit, shape, costs: costsOf(view, column, unit), values: column.values };
}

function costsOf(
  { header: { shape, criteria } }: ImportanceView,
  { id, values }: CriterionColumn,
  unit: 'head' | 'kv-group',
): NonNullable<PlanBasis['costs']> {
  const facts = criteria.find((one) => one.id === id);
  if (facts === undefined) throw new RangeError(`a column of ${id}, which the run has no criterion for`);
  const list = Array.from(values, (value, at) => ({ ...unitAt(shape, unit, at), value }));
  // The id that it has in heads.json.
  return { name: `importance.${id}`, family: facts.family, values: list };
}

/** As the engine takes it: it protects the same units, and its file says why. */
function protectionOf({ shape, unit, set, retrieval, induction }: StaysRequest): PlanBasis['protect'] {
  const pinned = [...staysOf({ shape, unit, set, retrieval: null, induction: null }).keys()];
  return {
    pinned: pinned.map((at) => unitAt(shape, unit, at)),
    retrieval: scoresOf(retrieval, shape),
    induction: scoresOf(induction, shape),
  };
}

function scoresOf(
  scores: Float32Array | null,
  { heads }: StaysRequest['shape'],
): readonly (HeadRef & { readonly value: number })[] {
  return Array.from(scores ?? [], (value, at) => ({ layer: Math.floor(at / heads), head: at % heads, value })).filter(
    ({ value }) => !Number.isNaN(value),
  );
}

/** Of a run of a curve; what a slider asks for is the same with other points. */
export function sceneOf({
  points: _points,
  draws: _draws,
  done: _done,
  glance: _glance,
  basis: _basis,
  ...scene
}: RequestOf<'pruneCurve'>): Scene {
  return scene;
}

/** Of a run of a plan, as far as it came; the task is that of the settings, for a plan has none. */
export function sceneOfPlan(
  { model, weights, unit, texts, seed }: RequestOf<'prunePlan'>,
  order: Scene['order'],
  task: PromptsChoice | null,
): Scene | null {
  if (order.length === 0) return null;
  return {
    ...{ model, unit, texts, seed, order },
    ...(weights === undefined ? {} : { weights }),
    ...(task === null ? {} : { task }),
  };
}
