import type { ReactElement } from 'react';
import { formatFixed } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { LensRow } from './lensRows.ts';

export function LensTableFace({ rows }: { readonly rows: readonly LensRow[] }): ReactElement {
  return (
    <Table label="Logit lens" columns={columns} rows={rows} keyOf={({ layer, position }) => `${layer} ${position}`} />
  );
}

const columns: readonly TableColumn<LensRow>[] = [
  {
    id: 'layer',
    title: 'Layer',
    width: '60px',
    cell: ({ layer }) => (layer < 0 ? 'embed' : `L${layer}`),
    sortBy: ({ layer }) => layer,
  },
  {
    id: 'position',
    title: 'Position',
    width: '64px',
    align: 'right',
    cell: ({ position }) => `${position}`,
    sortBy: ({ position }) => position,
  },
  {
    id: 'token',
    title: 'Token',
    width: 'minmax(80px, 1fr)',
    isCode: true,
    cell: ({ token }) => tokenLabel({ text: token }),
  },
  {
    id: 'predicted',
    title: 'Most likely next',
    width: 'minmax(90px, 1fr)',
    isCode: true,
    cell: ({ predicted }) => tokenLabel({ text: predicted }),
  },
  {
    id: 'probability',
    title: 'Probability',
    width: '80px',
    align: 'right',
    cell: ({ probability }) => formatFixed(probability, 3),
    sortBy: ({ probability }) => probability,
  },
  {
    id: 'entropy',
    title: 'Entropy, nats',
    width: '84px',
    align: 'right',
    cell: ({ entropy }) => formatFixed(entropy, 2),
    sortBy: ({ entropy }) => entropy,
  },
  {
    id: 'target',
    title: 'Target',
    width: '64px',
    align: 'right',
    cell: ({ targetProbability }) => formatFixed(targetProbability ?? NaN, 3),
    sortBy: ({ targetProbability }) => targetProbability,
  },
  {
    id: 'rank',
    title: 'Its rank',
    width: '64px',
    align: 'right',
    cell: ({ targetRank }) => (targetRank === null ? '–' : `${targetRank}`),
    sortBy: ({ targetRank }) => targetRank,
  },
];
