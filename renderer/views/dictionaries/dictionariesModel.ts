import type { ResultOf } from '../../../engine/results/contract.ts';
import type { ModelChoice } from '../../state/workspace.ts';

/** The model that dictionaries are trained on and looked at with. */
export interface DictionariesModel {
  readonly choice: ModelChoice;
  readonly shape: ResultOf<'info'>['shape'];
  readonly name: string;
  readonly fingerprint: string;
}
