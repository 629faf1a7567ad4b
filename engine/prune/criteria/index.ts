/** Every criterion of importance, in the order in which they are shown. */
import { Fault } from '../../terms/fault.ts';
import type { Criterion } from './criterion.ts';
import { flap } from './flap.ts';
import { klImportance } from './klImportance.ts';
import { meanAblation } from './meanAblation.ts';
import { michel } from './michel.ts';
import { minitron } from './minitron.ts';
import { random } from './random.ts';
import { shapley } from './shapley.ts';
import { taylor } from './taylor.ts';
import { wanda } from './wanda.ts';
import { wifv } from './wifv.ts';
import { writeNorm } from './writeNorm.ts';
import { zeroAblation } from './zeroAblation.ts';

export const criteria: readonly Criterion[] = [
  zeroAblation,
  meanAblation,
  klImportance,
  michel,
  taylor,
  writeNorm,
  wanda,
  wifv,
  flap,
  minitron,
  shapley,
  random,
];

/** Throws Fault for an unknown one. */
export function criterionById(id: string): Criterion {
  const found = criteria.find((criterion) => criterion.id === id);
  if (found !== undefined) return found;
  throw new Fault({ what: 'unknown criterion', expected: criteria.map((one) => one.id).join(', '), got: id });
}
