import type { NodeId } from '../../terms/nodes.ts';
import { gpt2Small } from './gpt2Small.ts';
import { arrows, edgesOf, mlps, nodesOf } from './groups.ts';
import { ioiGroups as groups } from './ioiGroups.ts';
import type { Reference } from './reference.ts';

const heads: readonly NodeId[] = Object.values(groups).flatMap(({ nodes }): readonly NodeId[] => nodes);
const allMlps = mlps(0, 11);
const movers: readonly NodeId[] = [...groups.nameMover.nodes, ...groups.backupNameMover.nodes];
const lateHeads: readonly NodeId[] = [...groups.negativeNameMover.nodes, ...movers];

export const ioiAcdc: Reference = {
  id: 'ioiAcdc',
  title: 'IOI in GPT-2 small: 963 edges among 26 heads and 12 MLPs (Conmy et al. 2023)',
  belongsTo: gpt2Small,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: gpt2Small.model,
    task: { name: 'ioi' },
    source: 'Conmy et al. 2023, arXiv 2304.14997 (ArthurConmy/Automatic-Circuit-Discovery, acdc/ioi/utils.py)',
    level: 'edges',
    nodes: nodesOf([
      ...Object.values(groups),
      { role: null, nodes: allMlps, note: 'every MLP is kept: Wang et al. did not study them' },
    ]),
    edges: edgesOf(
      // Every MLP reads and writes whatever is in the circuit.
      arrows(['embed', ...heads, ...allMlps], [...allMlps]),
      arrows(allMlps, [...heads, 'logits']),
      arrows(['embed'], ['logits']),
      arrows(['embed'], [...groups.previousToken.nodes, ...groups.duplicateToken.nodes]),
      arrows(['embed'], groups.subjectInhibition.nodes, ['q']),
      arrows(['embed'], lateHeads, ['k', 'v']),
      arrows(groups.previousToken.nodes, groups.induction.nodes, ['k', 'v']),
      arrows([...groups.induction.nodes, ...groups.duplicateToken.nodes], groups.subjectInhibition.nodes, ['k', 'v']),
      arrows(groups.subjectInhibition.nodes, lateHeads, ['q']),
      arrows(lateHeads, ['logits']),
    ),
  },
  checked:
    'Edge by edge what get_ioi_true_edges gives at commit bc99ace8 (run on the graph of GPT-2 small). The paper counts 1041: ' +
    "there each head's q, k and v node also has an edge from its own input, 3 for each of the 26 heads.",
};
