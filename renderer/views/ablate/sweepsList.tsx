/** Saved sets, each removed as a whole. */
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useRun } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Panel } from '../../parts/panel.tsx';
import { PartialNote } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { headName } from '../../state/headNames.ts';
import { sweepCsv } from './sweepsCsv.ts';
import { useRunExports } from './sweepsExports.ts';
import type { SweepRow } from './sweepsRows.ts';
import { listRows } from './sweepsRows.ts';
import { useSavedSets } from './sweepsSavedSets.ts';
import { SweepsSetsAbout } from './sweepsSetsAbout.tsx';
import { SweepsTable } from './sweepsTable.tsx';
import { kindTitles } from './sweepsWords.ts';

interface SweepsListProps {
  readonly run: string;
  readonly picker: ReactElement;
  readonly bar: ReactElement;
}

export function SweepsList({ run, picker, bar }: SweepsListProps): ReactElement | null {
  const { selection } = useWorkbench();
  const table = useRun(run)?.table;
  const saved = useSavedSets();
  const actions = useRunExports(run, ['csv']);
  const rows = useMemo(() => (table?.kind === 'ablateSets' ? listRows(table, saved) : []), [table, saved]);
  if (table?.kind !== 'ablateSets') return null;
  const { header } = table;
  return (
    <Panel
      title={kindTitles.list}
      controls={picker}
      aside={rows.length < header.units && <PartialNote known={rows.length} total={header.units} of="sets" />}
      exports={{ name: 'sets', csv: () => sweepCsv(header, rows) }}
      actions={actions}
    >
      <div className="sweeps-body">
        {bar}
        <SweepsTable
          label="Sets"
          header={header}
          rows={rows}
          extra={headColumns}
          nameTitle="Set"
          onSelect={({ heads }) => selection.setSet(heads)}
        />
        <SweepsSetsAbout table={table}>a row chooses its heads as the set</SweepsSetsAbout>
      </div>
    </Panel>
  );
}

const headColumns: readonly TableColumn<SweepRow>[] = [
  {
    ...{ id: 'count', title: 'Heads', width: '52px', align: 'right' },
    cell: ({ heads }) => heads.length,
    sortBy: ({ heads }) => heads.length,
  },
  {
    ...{ id: 'heads', title: 'Which', width: 'minmax(100px, 2fr)', isCode: true },
    cell: ({ heads }) => <span title={heads.map(headName).join(' ')}>{heads.map(headName).join(' ')}</span>,
  },
];
