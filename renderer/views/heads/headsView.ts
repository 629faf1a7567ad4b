import type { View } from '../view.ts';
import { headsCommands } from './headsCommands.ts';
import { HeadsInspector } from './headsInspector.tsx';
import { HeadsPlace } from './headsPlace.tsx';

export const headsView: View = {
  id: 'heads',
  title: 'Heads',
  key: '3',
  icon: 'heads',
  about:
    'Every head of the model, layers to the right and heads down, coloured by any score, effect or estimate. Hatched cells are not measured yet. Click a head to make it the primary one, drag or press Space to put heads into the set; the set is what Ablate replaces.',
  reads: ['model', 'prompts', 'prompt', 'heads', 'primary', 'pinned', 'tokens', 'measure', 'run'],
  writes: ['prompt', 'heads', 'primary', 'pinned', 'tokens', 'measure', 'run'],
  Component: HeadsPlace,
  Inspector: HeadsInspector,
  commands: headsCommands,
};
