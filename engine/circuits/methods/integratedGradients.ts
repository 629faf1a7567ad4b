import type { CircuitMethod } from '../method.ts';
import { effectScores } from './effectScores.ts';
import { nodeAttribution } from './nodeAttribution.ts';

const settings = {
  steps: {
    kind: 'number',
    title: 'steps',
    about:
      'runs whose embedding lies between the counterfactual and the clean one; of nodes, 5 (the MIB harness) integrate too coarsely',
    default: 10,
    range: [1, 1000],
    whole: true,
  },
} as const;

/** (counterfactual - clean) . 1/m sum over k of the gradient at embedding corrupt + k/m (clean - corrupt), k = 1 .. m. */
export const integratedGradients: CircuitMethod<typeof settings> = {
  id: 'ig',
  title: 'Integrated gradients',
  about:
    'Attribution patching with the gradient averaged over runs between the counterfactual and the clean prompt, at the level of nodes (NAP-IG).',
  source: 'Hanna et al. 2024, arXiv 2403.17806, equation 3; at nodes: Mueller et al. 2025, arXiv 2504.13151',
  role: 'method',
  level: 'nodes',
  nodes: ['heads', 'headsAndMlps'],
  needs: ['corrupt'],
  seeded: false,
  settings,
  async rank(scene, { steps }, { onProgress }) {
    const effects = await nodeAttribution(scene, { method: 'integrated', steps, gradDrop: false }, onProgress);
    const n = scene.prompts.length;
    return effectScores(effects, { forwardPasses: n * (steps + 2), backwardPasses: n * steps });
  },
};
