/** The runs of a detection: what was said, and why each counts or does not. */
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';

import type { RetrievedRun } from '../../../engine/results/retrieve.ts';
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { csvOf } from '../../parts/csv.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import type { TableColumn } from '../../parts/table.tsx';
import { Table } from '../../parts/table.tsx';
import type { RunLine } from './detectionRunLines.ts';
import { runLines } from './detectionRunLines.ts';

export function DetectionRuns({ table }: { readonly table: RetrieveTable }): ReactElement {
  const lines = useMemo(() => runLines(table), [table]);
  const [selected, setSelected] = useState<string | null>(null);
  const shown = lines.find(({ key }) => key === selected);
  const failed = lines.filter(({ run }) => !run.counts).length;
  return (
    <Panel
      title="Runs"
      caption={`${lines.length} made, ${failed} do not count`}
      exports={{ name: 'runs-of-needles', csv: () => runsCsv(lines) }}
    >
      {lines.length === 0 ? (
        <Empty title="The first run is being made">Runs stand here as they come.</Empty>
      ) : (
        <div className="retrieval-drawn">
          <div className="retrieval-table">
            <Table<RunLine>
              label="Runs"
              columns={columns}
              rows={lines}
              keyOf={({ key }) => key}
              selected={selected}
              onSelect={({ key }) => setSelected(key)}
            />
          </div>
          <RunDetails line={shown} />
        </div>
      )}
    </Panel>
  );
}

function RunDetails({ line }: { readonly line: RunLine | undefined }): ReactElement {
  if (line === undefined) return <p className="retrieval-note">Choose a run to read what was said.</p>;
  const { planned, run } = line;
  return (
    <dl className="retrieval-details" aria-live="polite">
      <dt>{run.counts ? 'counts' : 'does not count'}</dt>
      <dd>{run.reason}</dd>
      <dt>wanted</dt>
      <dd>{planned.answer ?? '–'}</dd>
      <dt>{run.mode === 'forced' ? 'given' : 'said'}</dt>
      <dd>{run.response ?? run.pieces?.join('') ?? run.generated.join(' ')}</dd>
    </dl>
  );
}

const columns: readonly TableColumn<RunLine>[] = [
  {
    id: 'needle',
    title: 'Needle',
    width: 'minmax(64px, 1fr)',
    isCode: true,
    cell: ({ name }) => name,
    sortBy: ({ name }) => name,
  },
  {
    ...{ id: 'length', title: 'Tokens', width: '52px', align: 'right' },
    cell: ({ planned }) => formatNumber(planned.tokens),
    sortBy: ({ planned }) => planned.tokens,
  },
  {
    ...{ id: 'depth', title: 'Depth', width: '48px', align: 'right' },
    cell: ({ planned }) => (planned.depth === null ? '–' : `${formatNumber(planned.depth)} %`),
    sortBy: ({ planned }) => planned.depth ?? NaN,
  },
  {
    ...{ id: 'counts', title: 'Counts', width: '72px' },
    cell: ({ run }) => <span title={run.reason}>{countsWords(run)}</span>,
    sortBy: ({ run }) => run.rouge ?? Number(run.counts),
  },
  {
    ...{ id: 'copies', title: 'Copies', width: '52px', align: 'right' },
    cell: ({ run }) => run.copies.length,
    sortBy: ({ run }) => run.copies.length,
  },
  {
    ...{ id: 'said', title: 'What was said', width: 'minmax(88px, 1.4fr)' },
    cell: ({ run }) => <span title={run.reason}>{run.response ?? run.reason}</span>,
  },
];

/** `yes, 0.75`: with the share of the answer's words that were said. */
function countsWords({ counts, rouge }: RetrievedRun): string {
  return [counts ? 'yes' : 'no', ...(rouge === null ? [] : [formatFixed(rouge, 2)])].join(', ');
}

function runsCsv(lines: readonly RunLine[]): string {
  const head = [
    'id',
    'needle',
    'length',
    'depth',
    'tokens',
    'mode',
    'counts',
    'reason',
    'rouge',
    'f1',
    'answer',
    'response',
    'copies',
    'seconds',
  ];
  return csvOf(
    head,
    lines.map(({ planned, run }) => [
      ...[
        planned.id,
        planned.needle,
        planned.length,
        planned.depth,
        planned.tokens,
        run.mode,
        run.counts ? 'yes' : 'no',
      ],
      ...[run.reason, run.rouge, run.f1, planned.answer, run.response, run.copies.length, run.seconds],
    ]),
  );
}
