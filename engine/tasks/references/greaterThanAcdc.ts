import { gpt2Small } from './gpt2Small.ts';
import { greaterThanGroups as groups } from './greaterThanGroups.ts';
import { arrows, edgesOf, mlps, nodesOf } from './groups.ts';
import type { Reference } from './reference.ts';

const { early, earlyFirst, startYear, earlyMlps, comparison } = groups;

export const greaterThanAcdc: Reference = {
  id: 'greaterThanAcdc',
  title: 'Greater-than in GPT-2 small: 235 edges among 9 heads and the MLPs (Conmy et al. 2023)',
  belongsTo: gpt2Small,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: gpt2Small.model,
    task: { name: 'greaterThan' },
    source: 'Conmy et al. 2023, arXiv 2304.14997 (ArthurConmy/Automatic-Circuit-Discovery, acdc/greaterthan/utils.py)',
    level: 'edges',
    nodes: nodesOf([
      ...Object.values(groups),
      {
        role: null,
        nodes: mlps(4, 7),
        note: 'in none of its groups: only on the way to the queries of the middle heads',
      },
    ]),
    edges: edgesOf(
      arrows(['embed'], [...early.nodes, ...earlyFirst.nodes, ...earlyMlps.nodes]),
      arrows(earlyFirst.nodes, earlyMlps.nodes),
      arrows([...early.nodes, ...earlyFirst.nodes, ...earlyMlps.nodes], startYear.nodes),
      arrows(startYear.nodes, [...comparison.nodes, 'logits']),
      arrows(comparison.nodes, [...comparison.nodes, 'logits']),
      // Instead of everything that the queries depend on, all MLPs before the last of the middle heads.
      arrows(mlps(0, 8), mlps(0, 8)),
      arrows(mlps(0, 8), startYear.nodes, ['q']),
    ),
  },
  checked:
    'Edge by edge what get_greaterthan_true_edges gives at commit bc99ace8 (run on the graph of GPT-2 small). The paper ' +
    "counts 262: there each head's q, k and v node also has an edge from its own input, 3 for each of the 9 heads. Its groups " +
    'hold 9 heads, MLPs 0 to 3 and MLPs 8 to 11. It follows Hanna et al., Figure 13, but has head 6.1, which is not in ' +
    "the authors' list of middle heads, and lacks 5.1 and 8.8, which are (greaterThanHanna).",
};
