/** Exact ablation: each node removed by itself, without a counterfactual prompt. */
import type { CircuitMethod } from '../method.ts';
import { Removals } from '../removals.ts';
import { effectScores } from './effectScores.ts';

const settings = {
  by: {
    kind: 'choice',
    title: 'replaced by',
    about: 'mean: its mean over the prompts at each position (prompts of one length). zero: nothing',
    default: 'mean',
    choices: ['mean', 'zero'],
  },
} as const;

export const ablation: CircuitMethod<typeof settings> = {
  id: 'ablation',
  title: 'Exact ablation',
  about:
    'Each node by itself is replaced by its mean over the prompts, or by zero; the score is the size of the change of the metric. Zero also finds nodes that write the same in every prompt.',
  source:
    'Wang et al. 2023, arXiv 2211.00593, section 2.1 (mean); Michel et al. 2019, arXiv 1905.10650, section 3.2 (zero)',
  role: 'reference',
  level: 'nodes',
  nodes: ['heads', 'headsAndMlps'],
  needs: [],
  seeded: false,
  settings,
  async rank({ model, prompts, metric, nodes, signal }, { by }, { onProgress }) {
    const removals = new Removals(model, { prompts, metric, by });
    const sets = [[], ...nodes.map((node) => [node])];
    const [before = NaN, ...after] = (await removals.without(sets, { signal, onProgress })).map(
      ({ values }) => values.reduce((sum, value) => sum + value, 0) / values.length,
    );
    return effectScores(
      after.map((mean) => mean - before),
      { forwardPasses: prompts.length * (nodes.length + (by === 'mean' ? 2 : 1)), backwardPasses: 0 },
    );
  },
};
