import type { View } from '../view.ts';
import { ModelsPlace } from './modelsPlace.tsx';

export const modelsView: View = {
  id: 'models',
  title: 'Models',
  key: '1',
  icon: 'models',
  about:
    'The models on this machine: what each is, read from its headers, and the memory that it takes before it is opened. One is in memory at a time.',
  reads: ['model'],
  writes: ['model'],
  Component: ModelsPlace,
  commands: [
    {
      id: 'models.refresh',
      title: 'Models: look through the folders again',
      run: ({ queries }) => queries.invalidateQueries({ queryKey: ['library'] }),
    },
  ],
};
