/** A grid that fills while patching goes on, with both ends above it. */
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import { useRun } from '../../api/hooks.ts';
import type { GridTable } from '../../api/runTables.ts';
import type { ColourScale } from '../../marks/colour.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { PartialNote } from '../../parts/states.tsx';
import { PatchDrawing } from './patchDrawing.tsx';
import { PatchEnds } from './patchEnds.tsx';
import { patchCsv, patchRows } from './patchGridRows.ts';
import { useChangePatch, usePatch } from './patchSettings.ts';
import { PatchTable } from './patchTable.tsx';
import { effectWords, patchedWords, recoveryWords } from './patchWords.ts';
import { useRunExports } from './sweepsExports.ts';
import { useLimit } from './sweepsFeed.ts';
import { SweepsRunBar } from './sweepsRunBar.tsx';
import { useGridTable } from './sweepsTables.ts';
import { effectLegend } from './sweepsWords.ts';

const options = [
  { value: 'recovery', title: 'recovery' },
  { value: 'effect', title: 'effect' },
] as const;

export function PatchPanel({
  run,
  picker,
}: {
  readonly run: string;
  readonly picker: ReactElement;
}): ReactElement | null {
  const table = useGridTable(run);
  return table === null ? null : <Grid run={run} picker={picker} table={table} />;
}

interface GridProps {
  readonly run: string;
  readonly picker: ReactElement;
  readonly table: GridTable;
}

function Grid({ run, picker, table }: GridProps): ReactElement {
  const { header } = table;
  const shown = usePatch((settings) => settings.shown);
  const change = useChangePatch();
  const picture = useRef<Picture>(null);
  const actions = useRunExports(run, ['csv']);
  const scale = useScale(run, table, shown);
  return (
    <Panel
      title="Patching"
      controls={
        <>
          {picker}
          <Segments label="Number" value={shown} options={options} onChange={(next) => change({ shown: next })} />
        </>
      }
      caption={patchedWords(header)}
      aside={
        <>
          <Partial run={run} />
          <Legend scale={scale} title={shown === 'effect' ? effectLegend(header) : 'recovery'} width={96} />
        </>
      }
      exports={{ name: 'patching', csv: () => patchCsv(table), picture: () => picture.current }}
      table={() => <LiveTable run={run} />}
      actions={actions}
    >
      <div className="sweeps-body">
        <SweepsRunBar run={run} />
        <PatchEnds run={run} />
        <PatchDrawing {...{ run, table, shown, scale, picture }} />
        <div className="sweeps-about">
          <span>{shown === 'recovery' ? recoveryWords(header) : effectWords(header)}</span>
          {(header.columns[0] ?? 0) < 0 && (
            <span>prompts of unequal length: positions count from the end, as many as the shortest has</span>
          )}
          <Signs />
        </div>
      </div>
    </Panel>
  );
}

/** Recovery has fixed ends: 1 is all of it. What lies beyond has the colour of the end. */
function useScale(run: string, table: GridTable, shown: 'effect' | 'recovery'): ColourScale {
  const limit = useLimit(run, table.effect.mean);
  return useMemo(() => ({ kind: 'signed', limit: shown === 'recovery' ? 1 : limit }), [shown, limit]);
}

function Partial({ run }: { readonly run: string }): ReactElement | null {
  const view = useRun(run);
  const state = view?.summary?.state;
  if (view?.table?.kind !== 'patchGrid' || state === 'running' || state === 'paused') return null;
  const { known, header } = view.table;
  return known < header.units ? <PartialNote known={known} total={header.units} of="cells" /> : null;
}

function LiveTable({ run }: { readonly run: string }): ReactElement | null {
  const table = useRun(run)?.table;
  return table?.kind === 'patchGrid' ? <PatchTable header={table.header} rows={patchRows(table)} /> : null;
}

function Signs(): ReactElement {
  return (
    <>
      <span className="sweeps-sign">
        <span className="sweeps-hatch" />
        not measured
      </span>
      <span className="sweeps-sign">
        <span className="sweeps-dot" />
        95 % interval excludes 0
      </span>
    </>
  );
}
