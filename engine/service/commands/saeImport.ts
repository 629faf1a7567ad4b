/** NOT BUILT YET: `headscope sae import`. */
import { Fault } from '../../terms/fault.ts';
import type { Command } from './command.ts';

export const saeImport: Command = {
  name: 'sae import',
  summary: 'read a dictionary of another tool',
  usage: ['sae import PATH --out DIR'],
  about: [],
  examples: ['headscope sae import PATH --out DIR'],
  options: {},
  run: () => Promise.reject(new Fault({ what: 'sae import is not built yet' })),
};
