import { gpt2Small } from './gpt2Small.ts';
import { nodesOf } from './groups.ts';
import { ioiGroups } from './ioiGroups.ts';
import type { Reference } from './reference.ts';

export const ioiWang: Reference = {
  id: 'ioiWang',
  title: 'IOI in GPT-2 small: 26 heads in seven roles (Wang et al. 2022)',
  belongsTo: gpt2Small,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: gpt2Small.model,
    task: { name: 'ioi' },
    source: 'Wang et al. 2022, arXiv 2211.00593',
    level: 'nodes',
    nodes: nodesOf(Object.values(ioiGroups)),
    edges: [],
  },
  checked:
    "The 26 heads are those of CIRCUIT in the authors' redwoodresearch/Easy-Transformer (ea15315, ioi_circuit_extraction.py), " +
    'which counts backup heads as name movers, and of IOI_CIRCUIT in ArthurConmy/Automatic-Circuit-Discovery (bc99ace8, ' +
    'acdc/ioi/utils.py), which tells them apart.',
};
