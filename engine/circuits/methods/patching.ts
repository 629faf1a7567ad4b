/** Exact patching: the model is run once for every node. */
import type { CircuitMethod, CircuitScene, NodeScores, OnProgress } from '../method.ts';
import { Removals } from '../removals.ts';
import { effectScores } from './effectScores.ts';

const settings = {
  direction: {
    kind: 'choice',
    title: 'direction',
    about:
      "noising: the node alone gets its value on the counterfactual prompt (is it needed?). denoising: the counterfactual prompt's run gets the node's clean value (is it enough?)",
    default: 'noising',
    choices: ['noising', 'denoising'],
  },
} as const;

export const patching: CircuitMethod<typeof settings> = {
  id: 'patching',
  title: 'Exact patching',
  about:
    'Each node by itself is replaced by its value on the counterfactual prompt, at every position; the score is the size of the change of the metric. A head that another one stands in for shows no effect.',
  source:
    'Vig et al. 2020, arXiv 2004.12265, section 3; Heimersheim and Nanda 2024, arXiv 2404.15255 (noising, denoising)',
  role: 'reference',
  level: 'nodes',
  nodes: ['heads', 'headsAndMlps'],
  needs: ['corrupt'],
  seeded: false,
  settings,
  rank(scene, { direction }, { onProgress }) {
    return direction === 'denoising' ? denoised(scene, onProgress) : noised(scene, onProgress);
  },
};

async function noised(scene: CircuitScene, onProgress: OnProgress): Promise<NodeScores> {
  const effects = await scene.exactEffects(onProgress);
  return effectScores(
    effects.map(({ effect }) => effect.mean),
    { forwardPasses: scene.prompts.length * (scene.nodes.length + 2), backwardPasses: 0 },
  );
}

/** metric(counterfactual) - metric(counterfactual, node restored), so that a node that helps is below 0 here too. */
async function denoised(scene: CircuitScene, onProgress: OnProgress): Promise<NodeScores> {
  const prompts = scene.prompts.map((prompt) => ({
    ...prompt,
    ids: prompt.corruptIds ?? prompt.ids,
    corruptIds: prompt.ids,
  }));
  const removals = new Removals(scene.model, { prompts, metric: scene.metric, by: 'counterfactual' });
  const running = { signal: scene.signal, onProgress };
  const restored = await removals.without(
    scene.nodes.map((node) => [node]),
    running,
  );
  const before = meanOf((await removals.whole(running)).values);
  return effectScores(
    restored.map(({ values }) => before - meanOf(values)),
    { forwardPasses: scene.prompts.length * (scene.nodes.length + 2), backwardPasses: 0 },
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
