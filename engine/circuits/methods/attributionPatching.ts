import type { CircuitMethod } from '../method.ts';
import { effectScores } from './effectScores.ts';
import { nodeAttribution } from './nodeAttribution.ts';

const settings = {
  gradDrop: {
    kind: 'flag',
    title: 'GradDrop',
    about:
      'mean magnitude over gradients that each pass one layer by: finds nodes whose direct and indirect effects cancel, at a backward pass a layer',
    default: false,
  },
} as const;

/** (counterfactual - clean) . gradient at the clean run, summed over positions. */
export const attributionPatching: CircuitMethod<typeof settings> = {
  id: 'atp',
  title: 'Attribution patching',
  about:
    'First-order estimate of exact patching from one gradient: the change of the node between the clean and the counterfactual prompt times the gradient of the metric. Wrong where the metric bends: a saturated softmax, a backup head.',
  source: 'Nanda 2023; Kramar et al. 2024, arXiv 2403.00745, equation 4; GradDrop: section 3.1.2',
  role: 'method',
  level: 'nodes',
  nodes: ['heads', 'headsAndMlps'],
  needs: ['corrupt'],
  seeded: false,
  settings,
  async rank(scene, { gradDrop }, { onProgress }) {
    const effects = await nodeAttribution(scene, { method: 'atp', steps: 1, gradDrop }, onProgress);
    const n = scene.prompts.length;
    const backwardPasses = n * (gradDrop ? scene.model.family.shape.layers : 1);
    const found = effectScores(effects, { forwardPasses: 3 * n, backwardPasses });
    return gradDrop ? { ...found, signed: null } : found;
  },
};
