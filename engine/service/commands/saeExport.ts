/** NOT BUILT YET: `headscope sae export`. */
import { Fault } from '../../terms/fault.ts';
import type { Command } from './command.ts';

export const saeExport: Command = {
  name: 'sae export',
  summary: 'write a dictionary in the form of another tool',
  usage: ['sae export DICTIONARY --out PATH'],
  about: [],
  examples: ['headscope sae export DICTIONARY --out PATH'],
  options: {},
  run: () => Promise.reject(new Fault({ what: 'sae export is not built yet' })),
};
