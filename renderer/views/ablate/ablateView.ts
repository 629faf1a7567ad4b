import type { View } from '../view.ts';
import { AblateInspector } from './ablateInspector.tsx';
import { AblatePlace } from './ablatePlace.tsx';

export const ablateView: View = {
  id: 'ablate',
  title: 'Ablate',
  key: '5',
  icon: 'ablate',
  about:
    'Paint heads, KV groups, MLPs or whole layers and see at once what the model predicts without them, what the task’s metric becomes, and what as many random ones do. Sweeps remove every unit in turn, pairs, or grow a set; Patch puts values of one prompt into the run of another.',
  reads: ['model', 'prompts', 'prompt', 'heads', 'primary', 'pinned', 'measure', 'run'],
  writes: ['prompt', 'heads', 'primary', 'run'],
  Component: AblatePlace,
  Inspector: AblateInspector,
};
