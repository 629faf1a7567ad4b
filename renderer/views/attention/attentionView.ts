import type { View } from '../view.ts';
import { AttentionInspector } from './attentionInspector.tsx';
import { AttentionPlace } from './attentionPlace.tsx';

export const attentionView: View = {
  id: 'attention',
  title: 'Attention',
  key: '4',
  icon: 'attention',
  about:
    'Where one head looks on one prompt: as a map, in the text, as arcs, or all heads at once. A weight says what is routed, not what matters: ablate the head to learn that.',
  reads: ['model', 'prompts', 'prompt', 'heads', 'primary', 'pinned', 'tokens', 'measure'],
  writes: ['primary', 'prompt', 'tokens', 'heads'],
  Component: AttentionPlace,
  Inspector: AttentionInspector,
};
