import type { View } from '../view.ts';
import { RetrievalPlace } from './retrievalPlace.tsx';

export const retrievalView: View = {
  id: 'retrieval',
  title: 'Retrieval',
  key: '6',
  icon: 'retrieval',
  about:
    'Which heads fetch an answer from far back: needles are hidden in haystacks at several lengths and depths, and each head is scored by the tokens of the answer that it copies. What is found can be masked, against random heads of the same layers.',
  reads: ['model', 'primary', 'run'],
  writes: ['primary', 'heads', 'prompts', 'tokens', 'measure'],
  Component: RetrievalPlace,
};
