/** NOT BUILT YET: `headscope sae eval`. */
import { Fault } from '../../terms/fault.ts';
import type { Command } from './command.ts';

export const saeEval: Command = {
  name: 'sae eval',
  summary: 'measure dictionaries on text or prompts',
  usage: ['sae eval MODEL DICTIONARY ...'],
  about: [],
  examples: ['headscope sae eval MODEL DICTIONARY ...'],
  options: {},
  run: () => Promise.reject(new Fault({ what: 'sae eval is not built yet' })),
};
