/** The views there are, in the order of the rail. */
import { ablateView } from './ablate/ablateView.ts';
import { attentionView } from './attention/attentionView.ts';
import { circuitsView } from './circuits/circuitsView.ts';
import { dictionariesView } from './dictionaries/dictionariesView.ts';
import { headsView } from './heads/headsView.ts';
import { modelsView } from './models/modelsView.ts';
import { promptsView } from './prompts/promptsView.ts';
import { retrievalView } from './retrieval/retrievalView.ts';
import { pruneView } from './prune/pruneView.ts';
import { runsView } from './runs/runsView.ts';
import type { View } from './view.ts';

export const views: readonly View[] = [
  modelsView,
  promptsView,
  headsView,
  attentionView,
  ablateView,
  retrievalView,
  circuitsView,
  dictionariesView,
  pruneView,
  runsView,
];
