import type { View } from '../view.ts';
import { PrunePlace } from './prunePlace.tsx';

export const pruneView: View = {
  id: 'prune',
  title: 'Prune',
  key: '9',
  icon: 'prune',
  about:
    'What each head, KV group, layer or MLP is worth on a text, by several criteria side by side; where criteria agree; the quality of the real model against how much is gone, beside random plans, with a slider that measures as it moves; and files of what stays.',
  reads: ['model', 'prompts', 'prompt', 'heads', 'primary', 'pinned', 'measure', 'run'],
  writes: ['heads', 'primary', 'run'],
  Component: PrunePlace,
};
