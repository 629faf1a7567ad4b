import type { NodeId } from '../../terms/nodes.ts';
import { gpt2Small } from './gpt2Small.ts';
import { nodesOf } from './groups.ts';
import { ioiGroups } from './ioiGroups.ts';
import type { Reference } from './reference.ts';

/** 9.0 is not in their list, 11.3 is. */
const backupNameMovers: readonly NodeId[] = [...ioiGroups.backupNameMover.nodes.filter((id) => id !== 'L9H0'), 'L11H3'];

export const ioiOneillBui: Reference = {
  id: 'ioiOneillBui',
  title: "IOI in GPT-2 small: 26 heads as O'Neill & Bui graded against (11.3 instead of 9.0)",
  belongsTo: gpt2Small,
  circuit: {
    schema: 'headscope-circuit',
    schema_version: '1.0.0',
    model: gpt2Small.model,
    task: { name: 'ioi' },
    source: "O'Neill & Bui 2024, arXiv 2405.12522 (charlieoneill11/sae-circuits, data/ioi.py)",
    level: 'nodes',
    nodes: nodesOf([
      ...Object.values(ioiGroups).filter(({ role }) => role !== 'backupNameMover'),
      { role: 'backupNameMover', nodes: backupNameMovers },
    ]),
    edges: [],
  },
  checked:
    "Read from ground_truth in data/ioi.py (10fd2e7). Wang et al.'s own list has 9.0 and not 11.3 (ioiWang): use this " +
    "one only to compare with O'Neill & Bui's numbers.",
};
