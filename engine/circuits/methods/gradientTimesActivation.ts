import type { CircuitMethod } from '../method.ts';
import { effectScores } from './effectScores.ts';
import { nodeAttribution } from './nodeAttribution.ts';

/** -value . gradient at the clean run, summed over positions. */
export const gradientTimesActivation: CircuitMethod<Readonly<Record<string, never>>> = {
  id: 'gradxact',
  title: 'Gradient times activation',
  about: 'First-order estimate of zero ablation from one gradient; needs no counterfactual prompt.',
  source:
    'Molchanov et al. 2019, arXiv 1906.10771, equation 6 (of parameters); Michel et al. 2019, arXiv 1905.10650, equation 2',
  role: 'method',
  level: 'nodes',
  nodes: ['heads', 'headsAndMlps'],
  needs: [],
  seeded: false,
  settings: {},
  async rank(scene, _, { onProgress }) {
    const effects = await nodeAttribution(scene, { method: 'gradxact', steps: 1, gradDrop: false }, onProgress);
    const n = scene.prompts.length;
    return effectScores(effects, { forwardPasses: 2 * n, backwardPasses: n });
  },
};
