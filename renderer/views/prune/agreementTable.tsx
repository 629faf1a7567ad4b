/** Every pair of criteria. */
import type { ReactElement } from 'react';
import { formatFixed } from '../../marks/format.ts';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { CriterionPair } from './agreementRows.ts';
import { criterionTitle } from './criteriaList.ts';

export function AgreementTable({ pairs }: { readonly pairs: readonly CriterionPair[] }): ReactElement {
  const counts = pairs[0]?.overlap.map(({ k }) => k) ?? [];
  return (
    <Table<CriterionPair>
      label="Pairs of criteria"
      rows={pairs}
      keyOf={({ a, b }) => `${a} ${b}`}
      columns={[
        { id: 'a', title: 'One', width: 'minmax(140px, 1fr)', cell: ({ a }) => criterionTitle(a) },
        { id: 'b', title: 'Other', width: 'minmax(140px, 1fr)', cell: ({ b }) => criterionTitle(b) },
        correlationColumn('spearman', 'Spearman'),
        correlationColumn('kendall', 'Kendall'),
        ...counts.map(sharedColumn),
      ]}
    />
  );
}

function correlationColumn(id: 'spearman' | 'kendall', title: string): TableColumn<CriterionPair> {
  const value = (pair: CriterionPair) => pair[id] ?? NaN;
  return { id, title, width: '84px', align: 'right', cell: (pair) => formatFixed(value(pair), 2), sortBy: value };
}

/** Of the k least worth keeping, which are those that would go. */
function sharedColumn(k: number): TableColumn<CriterionPair> {
  const share = ({ overlap }: CriterionPair) => overlap.find((one) => one.k === k)?.least ?? NaN;
  const cell = (pair: CriterionPair) => `${Math.round(share(pair) * 100)} %`;
  return { id: `k${k}`, title: `least ${k} shared`, width: '104px', align: 'right', cell, sortBy: share };
}
