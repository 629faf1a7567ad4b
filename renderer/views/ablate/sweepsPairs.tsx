/** Pairs of heads: what both do together beyond the sum of what each does alone. */
import type { ReactElement, Ref } from 'react';
import { useMemo, useRef, useState } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import { measures } from '../../../engine/terms/measures.ts';
import { useRun } from '../../api/hooks.ts';
import { roundUp } from '../../api/measureScale.ts';
import type { SetTable } from '../../api/runTables.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { FitBox } from '../../marks/fitBox.tsx';
import { headIndex } from '../../marks/headShape.ts';
import { createHighlight } from '../../marks/highlight.ts';
import { Legend } from '../../marks/legend.tsx';
import type { Picture } from '../../marks/picture.ts';
import { ValueGrid } from '../../marks/valueGrid/valueGrid.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { headName } from '../../state/headNames.ts';
import { sweepCsv } from './sweepsCsv.ts';
import { useRunExports } from './sweepsExports.ts';
import { largestOf } from './sweepsFeed.ts';
import type { LineWriter } from './sweepsLine.tsx';
import { SweepsLine } from './sweepsLine.tsx';
import type { PairGrid } from './sweepsPairGrid.ts';
import { diagonal, pairGrid } from './sweepsPairGrid.ts';
import { pairRows } from './sweepsRows.ts';
import { SweepsSetsAbout } from './sweepsSetsAbout.tsx';
import { useChangeSweeps, useSweeps } from './sweepsSettings.ts';
import { SweepsTable } from './sweepsTable.tsx';
import { decimalsOf, effectTitle, intervalWords, kindTitles } from './sweepsWords.ts';

interface SweepsPairsProps {
  readonly run: string;
  readonly heads: readonly HeadRef[];
  readonly picker: ReactElement;
  readonly bar: ReactElement;
}

const options = [
  { value: 'interaction', title: 'beyond the sum' },
  { value: 'effect', title: 'both together' },
] as const;

/** Columns that find no room beside the drawing. */
const beside = ['kl', 'n'];

export function SweepsPairs({ run, heads, picker, bar }: SweepsPairsProps): ReactElement | null {
  const table = useRun(run)?.table;
  const shown = useSweeps((settings) => settings.pairs);
  const change = useChangeSweeps();
  const picture = useRef<Picture>(null);
  const actions = useRunExports(run, ['csv']);
  const sets = table?.kind === 'ablateSets' ? table.sets : null;
  const grid = useMemo(() => pairGrid(heads, sets ?? [], shown), [heads, sets, shown]);
  const rows = useMemo(() => pairRows({ sets: sets ?? [] }), [sets]);
  const limit = roundUp(largestOf(grid.values));
  const scale = useMemo(() => ({ kind: 'signed', limit }) as const, [limit]);
  if (table?.kind !== 'ablateSets') return null;
  const title = `${shown === 'interaction' ? 'interaction' : 'both'}, ${effectTitle(table.header)}`;
  const list = (omit: readonly string[]) => (
    <SweepsTable
      label="Pairs"
      header={table.header}
      rows={rows}
      hasInteraction
      omit={omit}
      nameTitle="Pair, or head alone"
    />
  );
  return (
    <Panel
      title={kindTitles.pairs}
      controls={
        <>
          {picker}
          <Segments label="Number of a pair" value={shown} options={options} onChange={(pairs) => change({ pairs })} />
        </>
      }
      aside={<Legend scale={scale} title={`${title}, ${measures[table.header.metricId].unit}`} width={96} />}
      exports={{ name: 'pairs', csv: () => sweepCsv(table.header, rows), picture: () => picture.current }}
      table={() => list([])}
      actions={actions}
    >
      <div className="sweeps-body">
        {bar}
        <div className="sweeps-split">
          <div className="sweeps-half">
            <PairDrawing {...{ heads, grid, scale, title, table, picture }} isInteraction={shown === 'interaction'} />
          </div>
          {list(beside)}
        </div>
        <SweepsSetsAbout table={table}>
          {shown === 'interaction'
            ? 'interaction: effect of both − sum of the effects of each alone; 0: they add up'
            : null}
        </SweepsSetsAbout>
      </div>
    </Panel>
  );
}

interface PairDrawingProps {
  readonly heads: readonly HeadRef[];
  readonly grid: PairGrid;
  readonly scale: { readonly kind: 'signed'; readonly limit: number };
  readonly title: string;
  readonly table: SetTable;
  readonly isInteraction: boolean;
  readonly picture: Ref<Picture>;
}

function PairDrawing({ heads, grid, scale, title, table, isInteraction, picture }: PairDrawingProps): ReactElement {
  const { selection } = useWorkbench();
  const [highlight] = useState(createHighlight);
  const line = useRef<LineWriter>(null);
  const names = useMemo(() => heads.map(headName), [heads]);
  const absent = useMemo(() => diagonal(heads.length), [heads]);
  const decimals = decimalsOf(grid.values);
  const pair = (cell: number) => [Math.floor(cell / heads.length), cell % heads.length] as const;
  const words = (cell: number) => {
    const [a, b] = pair(cell);
    const of = a === b ? `${names[a]} alone` : `${names[a]} and ${names[b]}`;
    const estimate = grid.estimates[cell];
    if (a === b && isInteraction) return of;
    return `${of}: ${title} ${estimate === null || estimate === undefined ? 'not measured' : intervalWords(estimate, decimals)}, n ${table.header.calibration.sequences}`;
  };
  const point = (cell: number | null) => {
    highlight.set(cell);
    line.current?.write(cell === null ? '' : words(cell));
    const head = cell === null ? undefined : heads[pair(cell)[0]];
    selection.hover.set(head === undefined ? null : headIndex({ ...table.header.shape }, head.layer, head.head));
  };
  return (
    <>
      <div className="sweeps-drawing">
        <FitBox>
          {(size) => (
            <ValueGrid
              {...size}
              {...{ scale, highlight }}
              ref={picture}
              rows={names}
              columns={names}
              isSquare
              values={grid.values}
              significant={grid.significant}
              {...(isInteraction ? { absent } : {})}
              describe={words}
              onHover={point}
              onPrimary={(cell) => selection.setPrimary(heads[pair(cell)[0]] ?? null)}
              label={`Pairs of heads: ${title}`}
            />
          )}
        </FitBox>
      </div>
      <SweepsLine ref={line} idle="Point at a pair to read it; a click makes the head of its row the primary one." />
    </>
  );
}
