/** The heads of the IOI circuit by what they do: Wang et al. 2022, arXiv 2211.00593, Figure 2. */
import type { Group } from './groups.ts';

export const ioiGroups = {
  previousToken: { role: 'previousToken', nodes: ['L2H2', 'L4H11'] },
  duplicateToken: { role: 'duplicateToken', nodes: ['L0H1', 'L0H10', 'L3H0'] },
  induction: { role: 'induction', nodes: ['L5H5', 'L5H8', 'L5H9', 'L6H9'] },
  subjectInhibition: { role: 'subjectInhibition', nodes: ['L7H3', 'L7H9', 'L8H6', 'L8H10'] },
  negativeNameMover: { role: 'negativeNameMover', nodes: ['L10H7', 'L11H10'] },
  nameMover: { role: 'nameMover', nodes: ['L9H6', 'L9H9', 'L10H0'] },
  backupNameMover: {
    role: 'backupNameMover',
    nodes: ['L9H0', 'L9H7', 'L10H1', 'L10H2', 'L10H6', 'L10H10', 'L11H2', 'L11H9'],
  },
} as const satisfies Record<string, Group>;
