import type { ResultOf } from '../../../engine/results/contract.ts';
import type { ModelChoice } from '../../state/workspace.ts';

/** The model that is looked at. */
export interface PruneModel {
  /** As requests name it. */
  readonly choice: ModelChoice;
  readonly shape: ResultOf<'info'>['shape'];
}
