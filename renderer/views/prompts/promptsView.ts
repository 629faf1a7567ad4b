import type { View } from '../view.ts';
import { chooseImport } from './importFile.ts';
import { PromptsInspector } from './promptsInspector.tsx';
import { PromptsPlace } from './promptsPlace.tsx';
import { promptsSettings } from './promptsSettings.ts';

export const promptsView: View = {
  id: 'prompts',
  title: 'Prompts',
  key: '2',
  icon: 'prompts',
  about:
    'The prompts that everything is measured on, as the model sees them: clean beside corrupt, token by token, and whether the model can do the task at all. Below: what it predicts next, layer by layer, and how it goes on.',
  reads: ['model', 'prompts', 'prompt', 'tokens', 'layer'],
  writes: ['prompts', 'prompt', 'tokens', 'layer'],
  Component: PromptsPlace,
  Inspector: PromptsInspector,
  commands: [
    { id: 'prompts.import', title: 'Prompts: import JSONL, CSV or AutoCircuit JSON', run: chooseImport },
    {
      id: 'prompts.write',
      title: 'Prompts: write a text of your own',
      run: (workbench) => {
        promptsSettings(workbench).setState({ mode: 'own' });
        workbench.workspace.goTo('prompts');
      },
    },
  ],
};
