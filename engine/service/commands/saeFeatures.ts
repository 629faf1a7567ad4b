/** NOT BUILT YET: `headscope sae features`. */
import { Fault } from '../../terms/fault.ts';
import type { Command } from './command.ts';

export const saeFeatures: Command = {
  name: 'sae features',
  summary: 'collect and show the features of a dictionary',
  usage: ['sae features MODEL DICTIONARY'],
  about: [],
  examples: ['headscope sae features MODEL DICTIONARY'],
  options: {},
  run: () => Promise.reject(new Fault({ what: 'sae features is not built yet' })),
};
