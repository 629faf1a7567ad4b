/** The greater-than circuit in ACDC's reading of Hanna et al. 2023, arXiv 2305.00586, Figure 13. */
import type { Group } from './groups.ts';
import { mlps } from './groups.ts';

export const greaterThanGroups = {
  early: { role: null, nodes: ['L0H3', 'L0H5'] },
  earlyFirst: { role: null, nodes: ['L0H1'] },
  startYear: { role: 'startYear', nodes: ['L5H5', 'L6H1', 'L6H9', 'L7H10', 'L8H11', 'L9H1'] },
  earlyMlps: { role: null, nodes: mlps(0, 3) },
  comparison: { role: 'comparison', nodes: mlps(8, 11) },
} as const satisfies Record<string, Group>;
