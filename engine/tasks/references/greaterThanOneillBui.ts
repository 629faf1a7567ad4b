import { gpt2Small } from './gpt2Small.ts';
import { greaterThanGroups as groups } from './greaterThanGroups.ts';
import { nodesOf } from './groups.ts';
import type { Reference } from './reference.ts';

export const greaterThanOneillBui: Reference = {
  id: 'greaterThanOneillBui',
  title: "Greater-than in GPT-2 small: the 9 heads that O'Neill & Bui graded against",
  belongsTo: gpt2Small,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: gpt2Small.model,
    task: { name: 'greaterThan' },
    source: "O'Neill & Bui 2024, arXiv 2405.12522 (charlieoneill11/sae-circuits, data/gt.py)",
    level: 'nodes',
    nodes: nodesOf([groups.early, groups.earlyFirst, groups.startYear]),
    edges: [],
  },
  checked:
    'Read from ground_truth in data/gt.py (10fd2e7), which has no roles: those here are of greaterThanAcdc, which has the ' +
    'same 9 heads, and MLPs.',
};
