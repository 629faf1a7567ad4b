import { attnOnly4l } from './attnOnly4l.ts';
import { nodesOf } from './groups.ts';
import type { Reference } from './reference.ts';

export const docstringHeimersheimJaniak: Reference = {
  id: 'docstringHeimersheimJaniak',
  title: 'Docstring in attn-only-4l: 8 heads (Heimersheim & Janiak 2023)',
  belongsTo: attnOnly4l,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: attnOnly4l.model,
    task: { name: 'docstring' },
    source:
      'Heimersheim & Janiak 2023, A circuit for Python docstrings in a 4-layer attention-only transformer (alignmentforum.org/posts/u6KXXmKFbXfWzoAXn)',
    level: 'nodes',
    nodes: nodesOf([
      { role: null, nodes: ['L0H2', 'L0H4'], note: 'of no effect on these prompts (Conmy et al. 2023, Appendix H.1)' },
      { role: null, nodes: ['L0H5', 'L1H2', 'L1H4', 'L2H0'] },
      { role: 'argumentMover', nodes: ['L3H0', 'L3H6'] },
    ]),
    edges: [],
  },
  checked:
    'The 8 heads as Conmy et al. (Appendix H.1) and the AutoCircuit library (docstring_node_based_official_edges) state them; the ' +
    'post itself was not read, and roles that could not be confirmed are left out. AutoCircuit adds 0.1, 1.0 and 2.3 ' +
    'as extras that improve performance.',
};
