/** One dictionary among several that train side by side. */
import { Fault } from '../../engine/terms/fault.ts';
import type { SettingValue } from '../../engine/terms/settings.ts';
import { checkSettings } from '../../engine/terms/settings.ts';
import type { DictionaryInput } from '../input.ts';
import { checkInput } from '../input.ts';
import { prepared } from '../prepared.ts';
import type { Rows } from '../rows.ts';
import { checkRows } from '../rows.ts';
import { variantOf } from '../variants/index.ts';
import type { DictionarySize } from '../variants/variant.ts';
import { columnsOf } from './batches.ts';
import type { Plan } from './lossGraph.ts';
import { changing, planWeights } from './lossGraph.ts';
import { requirePlanRoom } from './planRoom.ts';
import type { TrainingSettings } from './trainingSettings.ts';
import { checkTraining } from './trainingSettings.ts';

export interface JobRequest {
  /** Unique among those that train together. */
  readonly name: string;
  readonly variant: string;
  readonly size: DictionarySize;
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly training: TrainingSettings;
  readonly input: DictionaryInput;
  /** Where its columns begin in the rows of the source: a head's z within that of a layer. */
  readonly firstColumn: number;
}

export interface Job {
  readonly name: string;
  readonly plan: Plan;
  readonly input: DictionaryInput;
  readonly firstColumn: number;
}

/** Throws Fault, with the name, for a variant that is not there, for settings out of range, and for sizes beyond memory. */
export function jobOf({ name, variant: id, size, settings, training, input, firstColumn }: JobRequest): Job {
  const variant = variantOf(id);
  const values = checkSettings(variant.settings, settings, name);
  variant.check?.(size, values, name);
  checkTraining(training, variant, name);
  checkInput(input, name);
  const plan = { variant, size, settings: values, training, subtractsBias: input.subtractsBias };
  checkFrozen(plan, name);
  requirePlanRoom(plan, name);
  return { name, plan, input, firstColumn };
}

function checkFrozen(plan: Plan, where: string): void {
  const weights = planWeights(plan).map(({ name }) => name);
  const unknown = plan.training.frozen.find((name) => !weights.includes(name));
  if (unknown !== undefined)
    throw new Fault({ what: 'frozen weight', where, expected: weights.join(', '), got: unknown });
  if (changing(plan).length === 0)
    throw new Fault({ what: 'nothing to train', where, expected: 'a weight that is not frozen' });
}

/** A job's rows of a source's, in the form that its dictionary reads. Throws Fault for values that are not finite. */
export function jobRows({ name, plan, input, firstColumn }: Job, rows: Rows): Rows {
  const own = columnsOf(rows, firstColumn, plan.size.width);
  checkRows(own, name);
  return prepared(own, input);
}
