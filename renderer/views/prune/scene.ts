/** What a curve and the slider measure: an order of removal on a text and a task. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { PromptsChoice } from '../../state/workspace.ts';
import type { ImportanceView } from '../../api/importanceFold.ts';
import { planOrder } from './planOrder.ts';
import type { PruneModel } from './pruneModel.ts';
import type { PruneSettings } from './pruneSettings.ts';
import { textsOf } from './pruneSettings.ts';

export type Scene = Omit<RequestOf<'pruneCurve'>, 'points' | 'draws' | 'done'>;

export interface SceneSources {
  readonly settings: PruneSettings;
  readonly model: PruneModel;
  readonly prompts: PromptsChoice | null;
  readonly view: ImportanceView | null;
  /** Numbers of units that never go. */
  readonly stays: ReadonlySet<number>;
}

/** Or in words what is in the way. */
export function preparedScene({ settings, model, prompts, view, stays }: SceneSources): Scene | string {
  if (view === null) return 'Measure criteria first: they say what goes first.';
  const { unit, shape } = view.header;
  if (unit === 'layer' || unit === 'mlp')
    return 'Only heads and KV groups are pruned: choose a run of criteria on them.';
  const column = view.columns.find(({ id }) => id === settings.criterion);
  if (column === undefined || column.known < column.values.length)
    return 'This criterion is not known for all units yet.';
  const { minPerLayer, seed, withTask } = settings;
  const order = planOrder({ shape, unit, values: column.values, stays, minPerLayer });
  if (order.length === 0) return 'Nothing may go: protect less, or let layers keep less.';
  return {
    ...{ ...model.choice, unit, order, texts: textsOf(settings, model.shape.context), seed },
    ...(withTask && prompts !== null ? { task: prompts } : {}),
  };
}

/** Of a run of a curve; what a slider asks for is the same with other points. */
export function sceneOf({ points: _points, draws: _draws, done: _done, ...scene }: RequestOf<'pruneCurve'>): Scene {
  return scene;
}
