/** Every unit of a kind, one by one: heads and KV groups as a matrix, layers and MLPs as bars. */
import type { ReactElement } from 'react';
import { useRef } from 'react';
import type { AblationTable } from '../../api/runTables.ts';
import { useRun } from '../../api/hooks.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { PartialNote } from '../../parts/states.tsx';
import { Segments } from '../../parts/segments.tsx';
import { SweepsBars } from './sweepsBars.tsx';
import { sweepCsv } from './sweepsCsv.ts';
import { useRunExports } from './sweepsExports.ts';
import { useLimit } from './sweepsFeed.ts';
import { SweepsMatrix } from './sweepsMatrix.tsx';
import { unitRows } from './sweepsRows.ts';
import { useChangeSweeps, useSweeps } from './sweepsSettings.ts';
import { SweepsTable } from './sweepsTable.tsx';
import { useAblationTable } from './sweepsTables.ts';
import { aboutEffect, cleanWords, countOf, effectLegend, kindTitles, unitWords } from './sweepsWords.ts';

interface SweepsUnitsProps {
  readonly run: string;
  readonly picker: ReactElement;
  readonly bar: ReactElement;
}

export function SweepsUnits({ run, picker, bar }: SweepsUnitsProps): ReactElement | null {
  const table = useAblationTable(run);
  const quantity = useSweeps((settings) => settings.quantity);
  const change = useChangeSweeps();
  const picture = useRef<Picture>(null);
  const actions = useRunExports(run, ['heads.json', 'csv']);
  if (table === null) return null;
  const { header, units } = table;
  const isMatrix = units.unit === 'head' || units.unit === 'kv-group';
  const rows = () => unitRows(table);
  const options = [
    { value: 'effect', title: 'Δ metric' },
    { value: 'kl', title: 'KL' },
  ] as const;
  return (
    <Panel
      title={kindTitles[units.unit]}
      controls={
        <>
          {picker}
          <Segments label="Number" value={quantity} options={options} onChange={(next) => change({ quantity: next })} />
        </>
      }
      aside={<Aside run={run} table={table} quantity={quantity} />}
      exports={{ name: `sweep-${units.unit}`, csv: () => sweepCsv(header, rows()), picture: () => picture.current }}
      table={() => <UnitsTable run={run} />}
      actions={actions}
    >
      <div className="sweeps-body">
        {bar}
        {isMatrix ? (
          <SweepsMatrix {...{ run, table, quantity, picture }} />
        ) : (
          <SweepsBars {...{ run, quantity, picture }} />
        )}
        <About run={run} quantity={quantity} />
      </div>
    </Panel>
  );
}

/** The legend, where colours mean numbers, and how much is known. */
function Aside({
  run,
  table: { header, units },
  quantity,
}: {
  readonly run: string;
  readonly table: AblationTable;
  readonly quantity: 'effect' | 'kl';
}): ReactElement {
  const view = useRun(run);
  const known = view?.table?.kind === 'ablate' ? view.table.units.known : 0;
  const state = view?.summary?.state;
  const isOver = state !== undefined && state !== 'running' && state !== 'paused' && known < header.units;
  const column = quantity === 'kl' && units.kl !== null ? units.kl : units.effect;
  const limit = useLimit(run, column.mean);
  const scale =
    quantity === 'kl' ? ({ kind: 'sequential', low: 0, high: limit } as const) : ({ kind: 'signed', limit } as const);
  const isMatrix = units.unit === 'head' || units.unit === 'kv-group';
  return (
    <>
      {isOver && <PartialNote known={known} total={header.units} of={unitWords[units.unit]} />}
      {isMatrix && <Legend scale={scale} title={quantity === 'kl' ? 'KL, nats' : effectLegend(header)} width={96} />}
    </>
  );
}

function UnitsTable({ run }: { readonly run: string }): ReactElement | null {
  const table = useRun(run)?.table;
  if (table?.kind !== 'ablate') return null;
  return <SweepsTable label={kindTitles[table.units.unit]} header={table.header} rows={unitRows(table)} />;
}

/** What exactly the number is, and what the unedited model has. */
function About({ run, quantity }: { readonly run: string; readonly quantity: 'effect' | 'kl' }): ReactElement | null {
  const table = useRun(run)?.table;
  if (table?.kind !== 'ablate') return null;
  const { header, baseline, units } = table;
  const isMatrix = units.unit === 'head' || units.unit === 'kv-group';
  const about =
    quantity === 'kl'
      ? `KL(clean ‖ edited) of the next token, mean of ${countOf(header.calibration.sequences, 'prompt')} of ${header.calibration.dataset}`
      : aboutEffect(header);
  return (
    <div className="sweeps-about">
      <span>{about}</span>
      <span>{cleanWords(baseline)}</span>
      <span className="sweeps-sign">
        <span className="sweeps-hatch" />
        not measured
      </span>
      {quantity === 'effect' && isMatrix && (
        <span className="sweeps-sign">
          <span className="sweeps-dot" />
          95 % interval excludes 0
        </span>
      )}
    </div>
  );
}
