import type { NodeId } from '../../terms/nodes.ts';
import { attnOnly4l } from './attnOnly4l.ts';
import { arrows, edgesOf, nodesOf } from './groups.ts';
import type { Reference } from './reference.ts';

const movers: readonly NodeId[] = ['L3H0', 'L3H6'];

export const docstringAcdc: Reference = {
  id: 'docstringAcdc',
  title: 'Docstring in attn-only-4l: 24 edges among 6 heads (Conmy et al. 2023)',
  belongsTo: attnOnly4l,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: attnOnly4l.model,
    task: { name: 'docstring' },
    source:
      'Conmy et al. 2023, arXiv 2304.14997 (ArthurConmy/Automatic-Circuit-Discovery, acdc/docstring/utils.py), after Heimersheim & Janiak 2023',
    level: 'edges',
    nodes: nodesOf([
      { role: null, nodes: ['L0H5', 'L1H2', 'L1H4', 'L2H0'] },
      { role: 'argumentMover', nodes: movers },
    ]),
    edges: edgesOf(
      arrows(['embed'], ['L0H5', 'L1H4'], ['v']),
      arrows(['L0H5'], ['L1H4'], ['v']),
      arrows(['embed', 'L0H5'], ['L1H2', 'L2H0'], ['q', 'k']),
      arrows(['L1H4'], ['L2H0'], ['v']),
      arrows(['L1H4'], movers, ['q']),
      arrows(['L1H2', 'L2H0'], movers, ['k']),
      arrows(['embed', 'L0H5'], movers, ['v']),
      arrows(movers, ['logits']),
    ),
  },
  checked:
    'Edge by edge what get_docstring_subgraph_true_edges gives at commit bc99ace8. The paper counts 37: 13 of its edges lead ' +
    "from a head's q, k or v input to its q, k or v, which are one thing here. The 8 heads of Heimersheim & Janiak without 0.2 " +
    'and 0.4, which Conmy et al. (Appendix H.1) call irrelevant on these prompts.',
};
