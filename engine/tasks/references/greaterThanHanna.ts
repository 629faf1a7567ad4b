import { gpt2Small } from './gpt2Small.ts';
import { mlps, nodesOf } from './groups.ts';
import type { Reference } from './reference.ts';

export const greaterThanHanna: Reference = {
  id: 'greaterThanHanna',
  title: 'Greater-than in GPT-2 small: 7 heads and MLPs 8 to 11 (Hanna et al. 2023)',
  belongsTo: gpt2Small,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: gpt2Small.model,
    task: { name: 'greaterThan' },
    source: 'Hanna, Liu & Variengien 2023, arXiv 2305.00586',
    level: 'nodes',
    nodes: nodesOf([
      { role: 'startYear', nodes: ['L9H1'], note: 'feeds MLP 9' },
      {
        role: 'startYear',
        nodes: ['L5H1', 'L5H5', 'L6H9', 'L7H10', 'L8H8', 'L8H11'],
        note: 'feeds MLP 8',
      },
      { role: 'comparison', nodes: mlps(8, 11) },
    ]),
    edges: [],
  },
  checked:
    "The heads are those of the authors' hannamw/gpt2-greater-than (0e6dc8c, circuit_discovery.py and random_circuit_ablation.py); " +
    'what feeds which MLP is as others quote the paper, whose text was not read. The same code finds upstream of them MLPs 0 ' +
    'to 3 and heads 0.1, 0.3 and 0.5, which are not in this list.',
};
