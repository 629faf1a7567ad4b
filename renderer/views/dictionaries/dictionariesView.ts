import type { View } from '../view.ts';
import { DictionariesInspector } from './dictionariesInspector.tsx';
import { DictionariesPlace } from './dictionariesPlace.tsx';

export const dictionariesView: View = {
  id: 'dictionaries',
  title: 'SAEs',
  key: '8',
  icon: 'dictionaries',
  about:
    'Dictionaries of features (sparse autoencoders): trained here on what heads write, beside controls, with every feature to be looked at and edited.',
  reads: ['model', 'prompts', 'prompt', 'heads', 'primary', 'run'],
  writes: ['heads', 'primary', 'run'],
  Component: DictionariesPlace,
  Inspector: DictionariesInspector,
};
