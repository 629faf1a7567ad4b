import type { View } from '../view.ts';
import { CircuitsPlace } from './circuitsPlace.tsx';

export const circuitsView: View = {
  id: 'circuits',
  title: 'Circuits',
  key: '7',
  icon: 'circuits',
  about:
    'Which heads carry a behaviour: several methods on the same prompts, held against references, controls and the real model.',
  reads: ['model', 'prompts', 'heads', 'primary', 'run'],
  writes: ['heads', 'primary', 'run'],
  Component: CircuitsPlace,
};
