import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

export const random: Criterion = {
  kind: 'random',
  ...{ id: 'random', title: 'Random (control)', rule: 'P12', family: 'control' },
  formula: 'uniform in [0, 1), seeded',
  source: 'control: no criterion that is no better than this is one',
  ...{ unit: 'none', units: everyUnit, signed: false },
};
