import type { Criterion } from './criterion.ts';
import { everyUnit } from './criterion.ts';

// mean over tokens of || sum over heads n of u: z_n W_O,n ||
export const writeNorm: Criterion = {
  kind: 'observed',
  ...{ id: 'writeNorm', title: 'Write norm', rule: 'P6', family: 'write' },
  formula: 'mean over tokens of the norm of what the unit adds to the stream',
  source: 'Kobayashi et al. 2020, section 3, summed over the heads of a unit',
  ...{ unit: 'stream units', units: everyUnit, signed: false },
  of: ({ unit, layer: { norms } }) => [...(norms[unit] ?? [])],
};
