import { attnOnly4l } from './attnOnly4l.ts';
import { nodesOf } from './groups.ts';
import type { Reference } from './reference.ts';

export const docstringOneillBui: Reference = {
  id: 'docstringOneillBui',
  title: "Docstring in attn-only-4l: the 6 heads that O'Neill & Bui graded against (1.0 instead of 1.2)",
  belongsTo: attnOnly4l,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: attnOnly4l.model,
    task: { name: 'docstring' },
    source: "O'Neill & Bui 2024, arXiv 2405.12522 (charlieoneill11/sae-circuits, data/ds.py)",
    level: 'nodes',
    nodes: nodesOf([{ role: null, nodes: ['L0H5', 'L1H0', 'L1H4', 'L2H0', 'L3H0', 'L3H6'] }]),
    edges: [],
  },
  checked:
    "Read from ground_truth in data/ds.py (10fd2e7), which has no roles. ACDC's graph has 1.2 and not 1.0 (docstringAcdc). 1.0 need " +
    'not be a slip: Conmy et al., Appendix H.1, say that their method finds 1.0 and not 1.2, and that Heimersheim & ' +
    'Janiak added 1.0 to their circuit later because it performs better with it.',
};
