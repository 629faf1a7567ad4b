/** The ways in which weights are held, in words. */
import type { ModelChoice } from '../state/workspace.ts';

export const weightsTitles: Readonly<Record<NonNullable<ModelChoice['weights']>, string>> = {
  auto: 'As fits',
  float32: 'In full precision',
  quantised: 'Kept quantised',
  mapped: 'Left in the file',
};
