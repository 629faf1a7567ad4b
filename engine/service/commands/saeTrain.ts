/** NOT BUILT YET: `headscope sae train`. */
import { Fault } from '../../terms/fault.ts';
import type { Command } from './command.ts';

export const saeTrain: Command = {
  name: 'sae train',
  summary: 'train dictionaries (sparse autoencoders) on values at sites',
  usage: ['sae train MODEL --site L9H6.z --out DIR'],
  about: [],
  examples: ['headscope sae train MODEL --site L9H6.z --out DIR'],
  options: {},
  run: () => Promise.reject(new Fault({ what: 'sae train is not built yet' })),
};
